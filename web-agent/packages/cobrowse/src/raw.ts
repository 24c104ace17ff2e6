// The text of style sheets that scripts made. A browser gives their rules back as it understood
// them, and loses shorthands with `var()` beside a longhand; so the text that went in is looked for,
// and where there is none, what was lost is read from an element that the rule holds for.

import { endOfPart } from './css';

/** Whether what an element looks like may be told. */
export type IsShown = (element: Element) => boolean;
type Root = Document | ShadowRoot;

/** Longer texts are not parsed a second time. */
const LONGEST = 400_000;
/** Texts up to this length are parsed rule by rule where that is needed. */
const ONE_BY_ONE = 60_000;
/** Properties whose lost values are read from an element: shapes and colours, no texts, no addresses. */
const READABLE =
  /^(border|outline|padding|margin|inset|gap|row-gap|column-gap|flex|overflow|background-color|top|left|right|bottom|text-decoration-(line|style|color|thickness))/;
/** What such a value looks like when a browser has computed it. */
const PLAIN =
  /^((-?[\d.]+(px|%)?|rgba?\([\d.,\s%/]+\)|color\((srgb|display-p3)[\d.\s%/]+\)|none|auto|solid|dashed|dotted|double|hidden|visible|scroll|clip|normal|transparent|underline|0)(\s+|$))+$/;

export class RawTexts {
  /** What scripts put into sheets since we run. */
  readonly #given = new WeakMap<CSSStyleSheet, string>();

  constructor(signal: AbortSignal) {
    const given = this.#given;
    const { prototype } = CSSStyleSheet;
    const { replaceSync, replace } = prototype;
    const watchedSync = function (this: CSSStyleSheet, text: string): void {
      replaceSync.call(this, text);
      given.set(this, `${text}`);
    };
    const watched = function (this: CSSStyleSheet, text: string): Promise<CSSStyleSheet> {
      given.set(this, `${text}`);
      return replace.call(this, text);
    };
    prototype.replaceSync = watchedSync;
    prototype.replace = watched;
    signal.addEventListener('abort', () => {
      if (prototype.replaceSync === watchedSync) prototype.replaceSync = replaceSync;
      if (prototype.replace === watched) prototype.replace = replace;
    });
  }

  /** The text of a sheet as it is now; null when it may not be read. */
  textOf(sheet: CSSStyleSheet, root: Root, isShown: IsShown, own?: string): string | null {
    let rules: CSSRuleList;
    try {
      rules = sheet.cssRules;
    } catch {
      return null;
    }
    const raw = own ?? this.#given.get(sheet) ?? textOfComponent(sheet, root) ?? '';
    if (raw !== '' && raw.length < LONGEST) {
      const live = Array.from(rules, textOfRule);
      if (textsIn(raw).join('\n') === live.filter((each) => !isImport(each)).join('\n')) return raw;
      const known = partsByRule(raw);
      return Array.from(
        rules,
        (rule, i) => known.get(live[i] ?? '') ?? repaired(rule, root, isShown),
      ).join('\n');
    }
    return Array.from(rules, (rule) => repaired(rule, root, isShown)).join('\n');
  }
}

const textOfRule = (rule: CSSRule): string => rule.cssText;
const isImport = (text: string): boolean => /^@import/i.test(text);

/** The rules of a text as this browser understands them. */
function textsIn(text: string): string[] {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return Array.from(sheet.cssRules, textOfRule);
}

/** The outermost rules of a text, by what this browser makes of them. */
function partsByRule(raw: string): Map<string, string> {
  const parts = partsOf(raw).filter((part) => !/^\s*(@(import|charset)[^{]*)?$/i.test(part));
  const rules = textsIn(raw);
  if (parts.length === rules.length)
    return new Map(rules.map((rule, i) => [rule, parts[i] ?? ''] as const));
  // Some of it is not understood: each is asked about, unless that would hold the page up.
  if (raw.length > ONE_BY_ONE) return new Map();
  return new Map(parts.map((part) => [textsIn(part).join('\n'), part] as const));
}

/** The outermost rules of a text. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; ) {
    const end = endOfPart(text, at);
    at = end + 1;
    if (text[end] === '{') depth++;
    else if (text[end] === '}') depth--;
    if (depth > 0) continue;
    parts.push(text.slice(from, at));
    from = at;
  }
  return parts;
}

/** Components made with Lit keep the text that each of their sheets was made from. */
function textOfComponent(sheet: CSSStyleSheet, root: Root): string | null {
  if (root.nodeType !== 11) return null;
  try {
    const { elementStyles } = (root as ShadowRoot).host.constructor as {
      elementStyles?: readonly { styleSheet?: unknown; cssText?: unknown }[];
    };
    for (const each of elementStyles ?? []) {
      if (each.styleSheet === sheet && typeof each.cssText === 'string') return each.cssText;
    }
  } catch {
    // Another kind of component, whose fields are none of our business.
  }
  return null;
}

/** A rule with what its serialisation lost. */
function repaired(rule: CSSRule, root: Root, isShown: IsShown): string {
  const { cssText } = rule;
  const inner = (rule as CSSGroupingRule).cssRules;
  const { style, selectorText } = rule as CSSStyleRule;
  if (style === undefined || selectorText === undefined) {
    if (inner === undefined || /^@(-\w+-)?keyframes/i.test(cssText)) return cssText;
    const texts = Array.from(inner, (each) => repaired(each, root, isShown));
    return `${cssText.slice(0, cssText.indexOf('{'))}{${texts.join('\n')}}`;
  }
  const lost = Array.from(style).filter(
    (name) => style.getPropertyValue(name) === '' && READABLE.test(name),
  );
  if (lost.length === 0) return cssText;
  const [element, pseudo] = holder(selectorText, root, isShown) ?? [];
  if (element === undefined) return cssText;
  const look = getComputedStyle(element, pseudo);
  const found = lost
    .map((name) => [name, look.getPropertyValue(name)] as const)
    .filter(([, value]) => PLAIN.test(value))
    .map(([name, value]) => `${name}:${value}`);
  const open = cssText.indexOf('{') + 1;
  return `${cssText.slice(0, open)}${found.join(';')};${cssText.slice(open)}`;
}

/** A shown element that a selector holds for, with the pseudo-element that it speaks of. */
function holder(selector: string, root: Root, isShown: IsShown): [Element, string?] | undefined {
  for (const each of selector.split(',')) {
    const pseudo = /::?(before|after)\s*$/.exec(each);
    const plain = pseudo === null ? each.trim() : each.slice(0, pseudo.index).trim() || '*';
    try {
      const host = root.nodeType === 11 ? (root as ShadowRoot).host : null;
      const found = /^:host(\([^)]*\))?$/.test(plain)
        ? [host as Element]
        : root.querySelectorAll(plain);
      for (const element of found)
        if (isShown(element)) return pseudo === null ? [element] : [element, `::${pseudo[1]}`];
    } catch {
      // A selector that is not asked for one by one.
    }
  }
  return undefined;
}
