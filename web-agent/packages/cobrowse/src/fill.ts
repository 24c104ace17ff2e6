// Fills in fields as a person would.

import type { CommandOutcome } from '@sightline/protocol';

/** Sets a value as a person would, past the bookkeeping of frameworks. */
export function fillIn(element: Element, text: string): CommandOutcome {
  const field = element as HTMLInputElement;
  if (field.disabled || field.readOnly) return 'not_possible';
  const view = element.ownerDocument.defaultView as (Window & typeof globalThis) | null;
  if (view === null) return 'not_possible';
  if (element.localName === 'input' || element.localName === 'textarea') {
    if (/^(hidden|file|submit|button|reset|image|checkbox|radio|password)$/.test(field.type))
      return 'not_possible';
    field.focus({ preventScroll: true });
    const proto =
      element.localName === 'input'
        ? view.HTMLInputElement.prototype
        : view.HTMLTextAreaElement.prototype;
    Object.getOwnPropertyDescriptor(proto, 'value')?.set?.call(field, text);
    const { InputEvent, Event } = view;
    field.dispatchEvent(
      new InputEvent('input', {
        bubbles: true,
        composed: true,
        inputType: 'insertText',
        data: text,
      }),
    );
    field.dispatchEvent(new Event('change', { bubbles: true }));
    return 'done';
  }
  if ((element as HTMLElement).isContentEditable) {
    (element as HTMLElement).focus({ preventScroll: true });
    const before = new view.InputEvent('beforeinput', {
      bubbles: true,
      cancelable: true,
      inputType: 'insertText',
      data: text,
    });
    if (!element.dispatchEvent(before)) return 'done';
    element.textContent = text;
    element.dispatchEvent(
      new view.InputEvent('input', { bubbles: true, inputType: 'insertText', data: text }),
    );
    return 'done';
  }
  return 'not_possible';
}

export function choose(element: Element, option: number): CommandOutcome {
  const select = element as HTMLSelectElement;
  const view = element.ownerDocument.defaultView as (Window & typeof globalThis) | null;
  if (
    element.localName !== 'select' ||
    view === null ||
    select.disabled ||
    select.options[option] === undefined
  )
    return 'not_possible';
  Object.getOwnPropertyDescriptor(view.HTMLSelectElement.prototype, 'selectedIndex')?.set?.call(
    select,
    option,
  );
  select.dispatchEvent(new view.Event('input', { bubbles: true, composed: true }));
  select.dispatchEvent(new view.Event('change', { bubbles: true }));
  return 'done';
}
