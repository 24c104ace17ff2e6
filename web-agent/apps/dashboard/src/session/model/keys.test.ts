import { describe, expect, it } from 'vitest';
import { type Command, commandOf, type KeyPress } from './keys';

function press(key: string, change: Partial<KeyPress> = {}): Command | null {
  return commandOf({
    key,
    shift: false,
    control: false,
    alt: false,
    repeat: false,
    focus: 'page',
    ...change,
  });
}

describe('commandOf', () => {
  it.each<[string, Command]>([
    ['a', { type: 'tool', tool: 'arrow' }],
    ['C', { type: 'tool', tool: 'circle' }],
    ['f', { type: 'tool', tool: 'freehand' }],
    ['h', { type: 'tool', tool: 'highlight' }],
    ['t', { type: 'tool', tool: 'text' }],
    ['p', { type: 'tool', tool: 'pointer' }],
    [' ', { type: 'freeze' }],
    ['s', { type: 'snapshot' }],
    ['z', { type: 'undo' }],
    ['m', { type: 'microphone' }],
    ['Delete', { type: 'clear' }],
    ['2', { type: 'surface', index: 1 }],
  ])('%j alone', (key, command) => {
    expect(press(key)).toEqual(command);
  });

  it('finds ? and / wherever the keyboard has them', () => {
    expect(press('?', { shift: true })).toEqual({ type: 'help' });
    expect(press('/', { shift: true })).toEqual({ type: 'chat' });
  });

  it('takes both habits for redo', () => {
    expect(press('Z', { shift: true })).toEqual({ type: 'redo' });
    expect(press('z', { control: true })).toEqual({ type: 'undo' });
    expect(press('Z', { control: true, shift: true })).toEqual({ type: 'redo' });
    expect(press('y', { control: true })).toEqual({ type: 'redo' });
  });

  it('leaves everything but Escape to a text field', () => {
    for (const key of ['a', ' ', 's', 'z', '/', '?', 'Delete']) {
      expect(press(key, { focus: 'text' })).toBeNull();
    }
    expect(press('Escape', { focus: 'text' })).toEqual({ type: 'escape' });
  });

  it('lets Space press a button that the keyboard reached', () => {
    expect(press(' ', { focus: 'control' })).toBeNull();
    expect(press('a', { focus: 'control' })).toEqual({ type: 'tool', tool: 'arrow' });
  });

  it('keeps the browser its shortcuts', () => {
    expect(press('c', { control: true })).toBeNull();
    expect(press('s', { control: true })).toBeNull();
    expect(press('a', { alt: true })).toBeNull();
    expect(press('A', { shift: true })).toBeNull();
  });

  it('repeats undo but not pictures', () => {
    expect(press('s', { repeat: true })).toBeNull();
    expect(press(' ', { repeat: true })).toBeNull();
    expect(press('z', { repeat: true })).toEqual({ type: 'undo' });
  });
});
