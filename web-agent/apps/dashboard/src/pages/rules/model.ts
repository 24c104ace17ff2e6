import type { MaskMode, PageRule, PickedElement } from '@sightline/protocol';

/** Where a rule shall hold. */
export type Where = 'everywhere' | 'page' | 'section';

/** What can be done about a chosen element. */
export type ChoiceKind =
  | 'mask_one'
  | 'mask_alike'
  | 'mask_text'
  | 'block_one'
  | 'no_control'
  | 'show_one'
  | 'block_page';

/** One button of the editor: a rule in plain words. */
export interface Choice {
  readonly kind: ChoiceKind;
  readonly rule: PageRule;
  /** Elements that it would find on the page that is looked at; null where that is not counted. */
  readonly hits: number | null;
}

/** What the gate puts in the place of what is hidden in an address. */
const HIDDEN = '•••••';

/** The address pattern for a place; null for everywhere. Hidden parts of an address fit anything. */
export function patternFor(where: Where, address: string): string | null {
  if (where === 'everywhere' || address === '') return null;
  const open = address.replaceAll(HIDDEN, '*');
  if (where === 'page') return `${open}*`;
  return `${open.replace(/[^/]*$/, '')}*`;
}

/** Everything that an administrator may want with an element, the most careful first. */
export function choicesFor(
  picked: PickedElement,
  where: Where,
  address: string,
  mode: MaskMode,
): readonly Choice[] {
  const url = patternFor(where, address);
  const rule = (
    action: PageRule['action'],
    selector: string | null,
    text: string | null = null,
  ): PageRule => ({ action, selector, text, url });
  const choices: Choice[] = [
    { kind: 'mask_one', rule: rule('mask', picked.one), hits: 1 },
    ...(picked.alike == null
      ? []
      : [
          {
            kind: 'mask_alike',
            rule: rule('mask', picked.alike),
            hits: picked.alike_hits,
          } as const,
        ]),
    ...(picked.text == null
      ? []
      : [
          {
            kind: 'mask_text',
            rule: rule('mask', null, picked.text),
            hits: picked.text_hits,
          } as const,
        ]),
    { kind: 'block_one', rule: rule('block', picked.one), hits: 1 },
    ...(picked.control
      ? [
          {
            kind: 'no_control',
            rule: rule('no_control', picked.one),
            hits: 1,
          } as const,
        ]
      : []),
    ...(mode === 'everything_but_marked'
      ? [{ kind: 'show_one', rule: rule('show', picked.one), hits: 1 } as const]
      : []),
    {
      kind: 'block_page',
      rule: {
        action: 'block',
        selector: 'html',
        text: null,
        url: patternFor(where === 'everywhere' ? 'page' : where, address),
      },
      hits: null,
    },
  ];
  return choices;
}

/** Whether two rules say the same. */
export function sameRule(a: PageRule, b: PageRule): boolean {
  return (
    a.action === b.action &&
    (a.selector ?? null) === (b.selector ?? null) &&
    (a.text ?? null) === (b.text ?? null) &&
    (a.url ?? null) === (b.url ?? null)
  );
}

/** The address that opens a page of the site for editing; null for what is no web address. */
export function editingAddress(typed: string, code: string): string | null {
  const text = typed.trim();
  try {
    const url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
    url.hash = `sightline-rules-${code}`;
    return url.href;
  } catch {
    return null;
  }
}

/** Origins that one company may list. */
export const SITES = 50;

/** Why something is no origin for the list. */
export type OriginProblem = 'shape' | 'path' | 'twice' | 'full';

/**
 * The origin that somebody means, written as browsers write it. A scheme that is left away is https; a
 * path is an error, because the whole site would be meant.
 */
export function originOf(
  typed: string,
  known: readonly string[],
): { readonly origin: string } | { readonly problem: OriginProblem } {
  if (known.length >= SITES) return { problem: 'full' };
  const text = typed.trim();
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    return { problem: 'shape' };
  }
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isWeb || url.username !== '' || url.password !== '' || url.hostname.includes('*'))
    return { problem: 'shape' };
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return { problem: 'path' };
  const { origin } = url;
  return known.some((one) => one.toLowerCase() === origin) ? { problem: 'twice' } : { origin };
}

/** Whether something that was hidden by a rule is hidden no more. */
export function showsMore(before: readonly PageRule[], after: readonly PageRule[]): boolean {
  return before.some(
    (rule) =>
      (rule.action === 'mask' || rule.action === 'block') &&
      !after.some((other) => sameRule(other, rule)),
  );
}
