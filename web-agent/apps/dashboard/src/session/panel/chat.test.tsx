// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { fakeDesk, renderAt } from '../testing';
import { Chat } from './chat';

function write(text: string): HTMLElement {
  const field = screen.getByTestId('chat-field');
  fireEvent.change(field, { target: { value: text } });
  return field;
}

it('sends with Enter and empties the field', () => {
  const desk = fakeDesk();
  renderAt(desk, <Chat />);
  const field = write('  Press the lever  ');
  fireEvent.keyDown(field, { key: 'Enter' });
  expect(desk.client.sendChat).toHaveBeenCalledExactlyOnceWith('Press the lever');
  expect((field as HTMLTextAreaElement).value).toBe('');
});

it('breaks the line with Shift and Enter', () => {
  const desk = fakeDesk();
  renderAt(desk, <Chat />);
  fireEvent.keyDown(write('one'), { key: 'Enter', shiftKey: true });
  expect(desk.client.sendChat).not.toHaveBeenCalled();
});

it('keeps the text while the connection is broken', () => {
  const desk = fakeDesk({ connection: 'reconnecting' });
  renderAt(desk, <Chat />);
  const field = write('hello');
  fireEvent.keyDown(field, { key: 'Enter' });
  expect(desk.client.sendChat).not.toHaveBeenCalled();
  expect((field as HTMLTextAreaElement).value).toBe('hello');
});
