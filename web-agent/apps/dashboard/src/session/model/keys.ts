import type { ToolName } from '@sightline/board';

/** What the agent wants, whether by key or by button. */
export type Command =
  | { type: 'tool'; tool: ToolName }
  | { type: 'freeze' }
  | { type: 'snapshot' }
  | { type: 'undo' }
  | { type: 'redo' }
  | { type: 'clear' }
  | { type: 'chat' }
  | { type: 'microphone' }
  | { type: 'help' }
  | { type: 'escape' }
  /** The surface with this index, from 0. */
  | { type: 'surface'; index: number };

/** A key press, without the browser. */
export interface KeyPress {
  readonly key: string;
  readonly shift: boolean;
  /** Control or, on a Mac, Command. */
  readonly control: boolean;
  readonly alt: boolean;
  /** True for the repetition of a key that is held down. */
  readonly repeat: boolean;
  /** What has the focus: a text field, a control reached by keyboard, or nothing of the kind. */
  readonly focus: 'text' | 'control' | 'page';
}

const toolKeys: Readonly<Record<string, ToolName>> = {
  a: 'arrow',
  c: 'circle',
  f: 'freehand',
  h: 'highlight',
  t: 'text',
  p: 'pointer',
};

/** The command of a key press; null when the browser keeps it. */
export function commandOf(press: KeyPress): Command | null {
  const key = press.key.toLowerCase();
  if (key === 'escape') return { type: 'escape' };
  if (press.focus === 'text' || press.alt) return null;
  const undoing = key === 'z';
  if (press.control) {
    if (undoing) return { type: press.shift ? 'redo' : 'undo' };
    return key === 'y' ? { type: 'redo' } : null;
  }
  if (undoing) return { type: press.shift ? 'redo' : 'undo' };
  // Holding a key down shall not take a picture thirty times a second.
  if (press.repeat) return null;
  if (key === '?') return { type: 'help' };
  if (key === '/') return { type: 'chat' };
  if (press.shift) return null;
  const tool = toolKeys[key];
  if (tool !== undefined) return { type: 'tool', tool };
  switch (key) {
    case ' ':
      return press.focus === 'control' ? null : { type: 'freeze' };
    case 's':
      return { type: 'snapshot' };
    case 'm':
      return { type: 'microphone' };
    case 'delete':
      return { type: 'clear' };
    case '1':
    case '2':
    case '3':
      return { type: 'surface', index: Number(key) - 1 };
    default:
      return null;
  }
}

/** The key that is printed beside each tool. */
export const printedKeys: Readonly<Record<ToolName, string>> = {
  arrow: 'A',
  circle: 'C',
  freehand: 'F',
  highlight: 'H',
  text: 'T',
  pointer: 'P',
};
