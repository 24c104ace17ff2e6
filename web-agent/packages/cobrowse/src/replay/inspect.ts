// What an element of the replay is, for a note of the agent's: nothing but what has travelled anyway.

import { oneOf } from '../picker';

const TEXT_CHARS = 80;

/** An element in words. */
export interface Inspected {
  /** Name of the element, such as `button`. */
  readonly name: string;
  /** Selector that finds it, as far as names travel. */
  readonly selector: string;
  /** Its text as shown; empty when there is none. */
  readonly text: string;
  readonly hidden: 'shown' | 'masked' | 'blocked';
}

export function inspect(element: Element): Inspected {
  const state = element.closest('[sightline-m]')?.getAttribute('sightline-m');
  const text = (element.textContent ?? '').replace(/\s+/g, ' ').trim();
  return {
    name: element.localName,
    selector: oneOf(element),
    text: text.slice(0, TEXT_CHARS),
    hidden: state === '2' ? 'blocked' : state === '1' ? 'masked' : 'shown',
  };
}
