// For whoever edits the company's rules on a page of their own: how an element could be named in a
// rule, and what rules find. Asked only of a page that was opened for that.

import type { PageRule, PickedElement } from '@sightline/protocol';
import { fitsText, fitsUrl, nameOf } from './rules';
import { documentIn } from './tree';

/** Longest condition that a rule takes, in characters. */
const RULE_CHARS = 300;
/** A longer text is no name to recognise something by. */
const TEXT_CHARS = 80;
/** Names that a person gave; others are made anew with each page. */
const STABLE = /^[a-z][a-z_-]*\d{0,2}[a-z_-]*$/i;
const CONTROLS =
  'a[href],button,input,select,textarea,summary,label,[role=button],[role=link],[role=menuitem],[onclick],[contenteditable]';

type Root = Document | ShadowRoot;

/** How an element could be named. */
export function pickedOf(
  element: Element,
  hidden: boolean,
  roots: () => Iterable<Root>,
): PickedElement {
  const one = oneOf(element);
  const alike = alikeOf(element, one);
  const text = hidden ? '' : nameOf(element).trim();
  const named = text !== '' && text.length <= TEXT_CHARS;
  return {
    name: element.localName.slice(0, 60),
    one,
    alike,
    alike_hits: alike === null ? 0 : hits({ action: 'mask', selector: alike }, roots),
    text: named ? text : null,
    text_hits: named ? hits({ action: 'mask', text }, roots) : 0,
    control: element.matches(CONTROLS),
    hidden,
  };
}

/** Elements that each rule finds on this page; none where its address does not fit. */
export function countHits(
  rules: readonly PageRule[],
  url: string,
  roots: () => Iterable<Root>,
): number[] {
  return rules.map((rule) => (rule.url != null && !fitsUrl(rule.url, url) ? 0 : hits(rule, roots)));
}

function hits(rule: PageRule, roots: () => Iterable<Root>): number {
  if (rule.selector == null && rule.text == null) return 0;
  let count = 0;
  for (const root of roots()) {
    try {
      const found = root.querySelectorAll(rule.selector ?? '*');
      if (rule.text == null) count += found.length;
      else for (const element of found) if (fitsText(rule, element)) count++;
    } catch {
      // A selector that this browser cannot read finds nothing, and hides everything.
      return 0;
    }
  }
  return count;
}

/** The page's document, its shadow roots and frames, as far as they can be seen. */
export function* rootsOf(
  root: Root,
  closed: WeakMap<Element, ShadowRoot>,
  ours: Node,
): Iterable<Root> {
  yield root;
  for (const element of root.querySelectorAll('*')) {
    if (element === ours) continue;
    const inner = element.shadowRoot ?? closed.get(element) ?? documentIn(element);
    if (inner !== null) yield* rootsOf(inner, closed, ours);
  }
}

function only(selector: string, element: Element): boolean {
  const found = (element.getRootNode() as Root).querySelectorAll(selector);
  return found.length === 1 && found[0] === element;
}

const classesOf = (element: Element): string =>
  [...element.classList]
    .filter((name) => STABLE.test(name))
    .slice(0, 4)
    .map((name) => `.${CSS.escape(name)}`)
    .join('');

/** Names by which an element may be told from others, best first. */
function namesOf(element: Element): string[] {
  const name = CSS.escape(element.localName);
  const found: string[] = [];
  if (STABLE.test(element.id)) found.push(`#${CSS.escape(element.id)}`);
  for (const key of ['data-testid', 'data-test', 'name', 'aria-label']) {
    const value = element.getAttribute(key);
    if (value !== null && STABLE.test(value)) found.push(`${name}[${key}="${value}"]`);
  }
  const classes = classesOf(element);
  if (classes !== '') found.push(name + classes);
  return found;
}

/** A selector that finds this element alone: by a name of its own, or by its place below one that has. */
export function oneOf(element: Element): string {
  let path = '';
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    for (const name of namesOf(at)) {
      const whole = path === '' ? name : `${name} > ${path}`;
      if (whole.length <= RULE_CHARS && only(whole, element)) return whole;
    }
    const step = placeOf(at);
    const longer = path === '' ? step : `${step} > ${path}`;
    if (longer.length > RULE_CHARS) break;
    path = longer;
    if (only(path, element)) return path;
  }
  return path;
}

/** An element's place among its brothers of the same name. */
function placeOf(element: Element): string {
  const name = CSS.escape(element.localName);
  const all = element.parentElement?.children;
  if (all === undefined) return name;
  const same = [...all].filter(({ localName }) => localName === element.localName);
  return same.length === 1 ? name : `${name}:nth-of-type(${same.indexOf(element) + 1})`;
}

/** A selector that finds this element and others like it. */
function alikeOf(element: Element, one: string): string | null {
  const root = element.getRootNode() as Root;
  const name = CSS.escape(element.localName);
  const classes = classesOf(element);
  const cell = element.closest('td,th');
  const table = cell?.closest('table') ?? null;
  const candidates = [
    ...(cell !== null && table !== null
      ? [
          `${oneOf(table)} td:nth-child(${[...(cell.parentElement?.children ?? [])].indexOf(cell) + 1})`,
        ]
      : []),
    ...(classes === '' ? [] : [name + classes]),
    ...(element.parentElement === null
      ? []
      : namesOf(element.parentElement).map((parent) => `${parent} > ${name}`)),
    name,
  ];
  return (
    candidates.find(
      (selector) =>
        selector !== one &&
        selector.length <= RULE_CHARS &&
        root.querySelectorAll(selector).length > 1,
    ) ?? null
  );
}
