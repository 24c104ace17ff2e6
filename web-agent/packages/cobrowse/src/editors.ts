// Editors that draw their own text. Browsers see a picture made of elements, or a canvas, and a field
// somewhere that nobody sees; people see a place that they type into, and what is typed is hidden.

import { isLine, parentOf } from './tree';

/** The roots of well-known ones, and where they say aloud or suggest what is in them. */
const KNOWN =
  '.monaco-editor,.monaco-aria-container,.CodeMirror,.CodeMirror-hints,.cm-editor,.cm-tooltip-autocomplete,.ace_editor,.ace_autocomplete,.xterm,[aria-multiline=true]';
/** A code that can be changed (ARIA 1.3 `code`): without something that takes keys it is only shown. */
const CODE = '[role=code]';
const TAKES_KEYS = 'textarea,[contenteditable],input,.native-edit-context';
/** A field with less of a box than this is not what people look at while they type. */
const SEEN_PX = 12;
/** Box of the smallest place that shows what is typed. */
const PLACE_PX = [60, 14] as const;

/** Fields that take text; `type` of a text area is `textarea`. */
const TYPED = new Set(['textarea', 'text', 'search', 'email', 'tel', 'url', 'number', 'password']);

/**
 * Fields from which browsers are kept with their corrections, as editors of code do with the one that
 * takes their keys; before anything is typed, nothing else tells of them.
 */
const UNCORRECTED =
  'textarea[spellcheck=false]:is([autocorrect=off],[autocapitalize=off],[autocapitalize=none],[wrap=off])';
/** What stands around an editor, and not in it. */
const AROUND = 'body,main,nav,header,footer,form,h1,h2,h3,table,iframe,select,input';

/** Found by what people do in them, or by the field in them, for good. */
const found = new WeakSet<Element>();
/** Fields in what was found, or in one that is known. */
const settled = new WeakSet<Element>();

/** True for the root of an editor that draws its own text. */
export function isEditor(element: Element): boolean {
  return (
    found.has(element) ||
    element.matches(KNOWN) ||
    ((element as { editContext?: unknown }).editContext ?? null) !== null ||
    (element.matches(CODE) && element.querySelector(TAKES_KEYS) !== null)
  );
}

/**
 * Something was typed into `target`. When that is a field that nobody sees, what is typed is drawn
 * elsewhere: in the nearest place around it that can be seen. Gives that place when it is new.
 */
export function editorAround(target: Element): Element | null {
  const place = placeAround(target);
  if (place !== null) found.add(place);
  return place;
}

/** Places below a root that look like editors before anything is typed, and were not known. */
export function editorsIn(root: Document | ShadowRoot): Element[] {
  const places: Element[] = [];
  for (const field of root.querySelectorAll(UNCORRECTED)) {
    // What is not laid out takes no keys, and what is seen is a field like others.
    if (settled.has(field) || field.getClientRects().length === 0 || isSeen(field)) continue;
    const place = field.closest(KNOWN) === null ? placeAround(field) : null;
    // A helper for copying stands somewhere in the page as well; the page is no editor.
    if (place !== null && (place.matches(AROUND) || place.querySelector(AROUND) !== null)) continue;
    settled.add(field);
    if (place === null) continue;
    found.add(place);
    places.push(place);
  }
  return places;
}

function placeAround(target: Element): Element | null {
  if (!TYPED.has((target as HTMLInputElement).type) || isSeen(target)) return null;
  for (let node = parentOf(target); node !== null; node = parentOf(node)) {
    if (node.nodeType !== 1) continue;
    const at = node as Element;
    if (isEditor(at)) return null;
    const { width, height } = at.getBoundingClientRect();
    if (width < PLACE_PX[0] || height < PLACE_PX[1]) continue;
    // A box with nothing but the field belongs to the field.
    if (isLine(at) && (at.textContent ?? '').trim() === '') continue;
    return at;
  }
  return null;
}

function isSeen(field: Element): boolean {
  const { width, height, right, bottom } = field.getBoundingClientRect();
  if (width < SEEN_PX || height < SEEN_PX || right <= 0 || bottom <= 0) return false;
  const { opacity, visibility, color, webkitTextFillColor: fill } = getComputedStyle(field);
  const isClear = (paint: string): boolean => /^rgba\(.*, 0\)$|^transparent$/.test(paint);
  return opacity !== '0' && visibility === 'visible' && !isClear(color) && !isClear(fill);
}
