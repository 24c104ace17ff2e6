// What style sheets write beside what is in an element, and whom their selectors mean.

import { plain } from './css';

/** Where style sheets write texts. */
export const PSEUDOS = ['::before', '::after', '::marker'] as const;

/** What a selector means in a root; null where that cannot be told. */
export function foundBy(selector: string, root: Document | ShadowRoot): Element[] | null {
  try {
    const host = root.nodeType === 11 ? (root as ShadowRoot).host : null;
    const bare = plain(selector);
    const [, before, of, inner] = /^(.*)::(slotted|part)\(([\s\S]*)\)$/.exec(bare) ?? [];
    if (of === 'slotted')
      return [...(host?.children ?? [])].filter((each) => each.matches(inner ?? ''));
    if (of === 'part')
      return (foundBy(before || '*', root) ?? []).flatMap((each) => [
        ...(each.shadowRoot?.querySelectorAll(`[part~="${inner}"]`) ?? []),
      ]);
    if (host === null || !/:host/.test(bare)) return [...root.querySelectorAll(bare)];
    // Each selector of a list by itself: some speak of the host, others of what is in it.
    return bare.split(/,(?![^(]*\))/).flatMap((each) => {
      const rest = each.replace(/:host(-context)?(\([^)]*\))?/g, '').trim();
      return rest === '' ? [host] : [...root.querySelectorAll(rest.replace(/^[>+~]\s*/, ''))];
    });
  } catch {
    return null;
  }
}

/**
 * What all these elements have for a computed `content`; with `texts`, what the first has that has all
 * of them in it. Null when they differ, or none has any.
 */
export function drawn(
  elements: readonly Element[],
  selector: string,
  texts?: readonly string[],
): string | null {
  const [, named] = /.*::?(before|after|marker)\b/i.exec(selector) ?? [];
  const pseudos = named === undefined ? PSEUDOS : [`::${named}`];
  const found = new Set<string>();
  for (const element of elements.slice(0, 200)) {
    for (const pseudo of pseudos) {
      const { content } = getComputedStyle(element, pseudo);
      if (texts?.every((each) => content.includes(each))) return content;
      if (named !== undefined) found.add(content);
    }
  }
  const [only] = found;
  const isText = texts === undefined && found.size === 1 && /^["']/.test(only ?? '');
  return isText ? (only as string) : null;
}
