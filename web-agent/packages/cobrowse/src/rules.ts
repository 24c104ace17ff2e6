// A company's rules, made ready for one page.

import type { PageRule, PageRules } from '@sightline/protocol';

/** The site's own marks, and rules whose only condition is a selector, as selectors. */
export interface Selectors {
  readonly mask: string;
  readonly block: string;
  readonly show: string;
  readonly noControl: string;
}

export interface ReadyRules {
  readonly everything: boolean;
  readonly selectors: Selectors;
  /** Rules with a condition on text. */
  readonly texts: readonly PageRule[];
}

/** The site's own mark with a word, in whatever case it is written. */
const mark = (word: string): string => `[data-sightline~=${word} i]`;
/** A mark that says nothing we know was meant to hide something. */
const NO_WORD = `[data-sightline]:not(${['show', 'no-control', 'block', 'private'].map(mark).join()})`;

/** Whether an address fits a pattern with `*`. */
export function fitsUrl(pattern: string, url: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(url);
}

function usable(selector: string, page: Document): boolean {
  try {
    page.createDocumentFragment().querySelector(selector);
    return true;
  } catch {
    return false;
  }
}

/**
 * The rules that hold at an address. A rule whose selector this browser cannot read hides
 * everything, because what it was meant to hide is not known.
 */
export function readyRules(given: PageRules, url: string, page: Document): ReadyRules {
  const here = given.rules.filter((rule) => rule.url == null || fitsUrl(rule.url, url));
  const broken = here.some(
    (rule) =>
      rule.selector != null &&
      !usable(rule.selector, page) &&
      (rule.action === 'mask' || rule.action === 'block'),
  );
  const of = (action: PageRule['action'], own: string): string => {
    const found = here
      .filter((rule) => rule.action === action && rule.text == null && rule.selector != null)
      .map((rule) => rule.selector ?? '')
      .filter((selector) => usable(selector, page));
    return [own, ...found].join(',');
  };
  return {
    everything: given.mode === 'everything_but_marked' || broken,
    selectors: {
      mask: of('mask', `${mark('mask')},${NO_WORD}`),
      block: of('block', `${mark('block')},${mark('private')}`),
      show: of('show', mark('show')),
      noControl: of('no_control', mark('no-control')),
    },
    texts: here.filter((rule) => rule.text != null),
  };
}

/** Whether a rule on text fits an element: by its own text or its accessible name. */
export function fitsText(rule: PageRule, element: Element): boolean {
  const wanted = (rule.text ?? '').toLowerCase();
  if (rule.selector != null && !element.matches(rule.selector)) return false;
  return nameOf(element).toLowerCase().includes(wanted);
}

/** What an element is called: its own texts and what stands for them. */
export function nameOf(element: Element): string {
  let own = '';
  for (const child of element.childNodes) if (child.nodeType === 3) own += ` ${child.nodeValue}`;
  for (const name of ['aria-label', 'title', 'alt', 'placeholder', 'value']) {
    if (name === 'value' && element.localName !== 'input') continue;
    const value = element.getAttribute(name);
    if (value !== null) own += ` ${value}`;
  }
  return own.replace(/\s+/g, ' ');
}
