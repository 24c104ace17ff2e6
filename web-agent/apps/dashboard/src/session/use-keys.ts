import { useEffect } from 'react';
import { focusedByKeyboard } from '../app/modality';
import type { SessionDesk } from './controller';
import { commandOf, type KeyPress } from './model/keys';

/** Runs the commands of keys while the session is on the page. */
export function useKeys(desk: SessionDesk): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      // Inside a dialog or a menu the keys belong to it.
      if (event.defaultPrevented || desk.store.get().dialog !== null) return;
      const command = commandOf({
        key: event.key,
        shift: event.shiftKey,
        control: event.ctrlKey || event.metaKey,
        alt: event.altKey,
        repeat: event.repeat,
        focus: focusOf(event.target),
      });
      if (command === null) return;
      if (command.type !== 'escape') event.preventDefault();
      desk.run(command);
      if (command.type === 'chat') focusChat();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [desk]);
}

function focusOf(target: EventTarget | null): KeyPress['focus'] {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.matches('input, textarea, select, [contenteditable]')) return 'text';
  // A button that was clicked keeps the focus without showing it; Space then still freezes.
  return target.matches('a, button') && focusedByKeyboard() ? 'control' : 'page';
}

/** The chat opens with the next paint; its field takes the focus after that. */
function focusChat(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-chat-field]')?.focus());
}
