// Style sheets as raw text, made fit to leave the tab: no comments, no addresses, no texts that a
// masked place could show. Browsers' own serialisation is not used, because it loses shorthands
// with `var()`.

/** What the scrubber asks about a sheet. */
export interface CssHost {
  /** Name under which an address may be asked for in the replay; null when it has none. */
  asset(url: string): string | null;
  /** True when a text was hidden elsewhere. */
  repeats(text: string): boolean;
  /** Whether something that the selector finds may be seen; null when it finds nothing. */
  isPublic(selector: string): boolean | null;
  /**
   * What everything shown that a selector with its pseudo-element finds has for a computed `content`;
   * with `texts`, only whether something of it has all of them in it. Null when there is none.
   */
  drawn(selector: string, texts?: readonly string[]): string | null;
  /** The name that a class or an id (with its sign in front) goes by in the replay, without the sign. */
  alias(name: string): string;
  /** A text waits for something that the selector finds. */
  waits(selector: string): void;
}

enum Char {
  Quote = 34,
  Apostrophe = 39,
}

const FONT_LIST = /\b(serif|sans-serif|monospace|system-ui|cursive|fantasy|ui-\w+|emoji|math)\b/i;
const WORDY = /[\p{L}\p{N}]{2}/u;

/** Index after the string that begins at `at`. */
function endOfString(css: string, at: number): number {
  const quote = css.charCodeAt(at);
  for (let i = at + 1; i < css.length; i++) {
    const char = css.charCodeAt(i);
    if (char === 92) i++;
    else if (char === quote || char === 10) return i + 1;
  }
  return css.length;
}

/** Takes comments away, outside strings. */
export function withoutComments(css: string): string {
  let out = '';
  let from = 0;
  for (let i = 0; i < css.length; i++) {
    const char = css.charCodeAt(i);
    if (char === Char.Quote || char === Char.Apostrophe) i = endOfString(css, i) - 1;
    else if (char === 92) i++;
    else if (char === 47 && css.charCodeAt(i + 1) === 42) {
      const end = css.indexOf('*/', i + 2);
      out += `${css.slice(from, i)} `;
      from = end < 0 ? css.length : end + 2;
      i = from - 1;
    }
  }
  return out + css.slice(from);
}

/** Index of the character that ends a prelude or declaration: `{`, `}`, `;` outside strings and brackets. */
export function endOfPart(css: string, at: number): number {
  let depth = 0;
  for (let i = at; i < css.length; i++) {
    const char = css[i];
    if (char === '"' || char === "'") i = endOfString(css, i) - 1;
    else if (char === '\\') i++;
    else if (char === '(') {
      depth++;
      const start = css.slice(Math.max(0, i - 3), i);
      // An unquoted address may hold anything but a closing bracket.
      if (/url$/i.test(start) && !/["'\s]/.test(css[i + 1] ?? '')) {
        const end = css.indexOf(')', i);
        if (end > 0) {
          i = end;
          depth--;
        }
      }
    } else if (char === ')') depth--;
    else if (depth <= 0 && (char === '{' || char === '}' || char === ';')) return i;
  }
  return css.length;
}

const URL = /url\(\s*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|([^)"']*?))\s*\)/gi;
const STRING = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/g;

/** Puts assets in the place of addresses. */
function withAssets(value: string, host: CssHost, shown: boolean): string {
  return value.replace(URL, (_, a?: string, b?: string, c?: string) => {
    const url = unescaped(a ?? b ?? c ?? '').trim();
    if (url.startsWith('#')) return /^#[\w-]+$/.test(url) ? `url(${url})` : 'url(#)';
    const name = shown ? host.asset(url) : null;
    return name === null ? 'url(data:,)' : `url("${name}")`;
  });
}

/** The words in the strings of a value, when there are any. */
function wordsIn(value: string): string[] | null {
  const texts = (value.replace(URL, '').match(STRING) ?? []).map((each) =>
    unescaped(each.slice(1, -1)),
  );
  return WORDY.test(texts.join('')) ? texts : null;
}

/** Letters and digits in one word, beside colours, lengths and functions. */
export function isMixed(value: string): boolean {
  return /[a-z]\d|\d[a-z]/i.test(value) && /\p{L}\p{N}|\p{N}\p{L}/u.test(withoutKnown(value));
}

/** Properties whose strings are names of fonts, areas and kinds. */
const NAMES_IN_STRINGS = /^(font|-webkit-font|grid|src$|syntax$|unicode-range$)/i;
/** Where the strings are what people see. */
const TEXT = /^(content|quotes|string-set|list-style(-type)?)$/i;

/**
 * A declaration fit to leave, or null. `shown` says whether its place is public; `selector` names it
 * in a sheet.
 */
function declaration(
  text: string,
  host: CssHost,
  shown: () => boolean | null,
  selector: () => string = () => '',
): string | null {
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  const name = text.slice(0, colon).trim();
  const value = text.slice(colon + 1);
  if (name === '' || !/^(--)?[\w-]+$/.test(name)) return null;
  const custom = name.startsWith('--');
  const hasUrl = /url\(|image-set\(/i.test(value);
  // A picture that only hidden places show is as private as they are.
  const clean = hasUrl ? withAssets(value, host, shown() !== false) : value;
  if (/image-set\(/i.test(clean) && /["']/.test(clean.replace(URL, ''))) return null;
  const words = wordsIn(clean);
  if (!custom && !NAMES_IN_STRINGS.test(name)) {
    if (words !== null) {
      const seen = shown();
      if (seen === null) host.waits(selector());
      const open = seen === true && !words.some((each) => host.repeats(each));
      if (!open) return TEXT.test(name) ? `${name}:"•••••"` : null;
    }
    // A text that comes from elsewhere is put where it is shown.
    if (/^content$/i.test(name) && /var\(/.test(clean) && shown() === true) {
      const drawn = host.drawn(selector());
      if (drawn !== null) return `${name}:${drawn}`;
    }
  }
  if (isMixed(clean) && shown() === false) return null;
  if (custom) {
    const visible = shown();
    if (words !== null && !FONT_LIST.test(clean))
      if (visible !== true || host.drawn(selector(), words) === null) return null;
    const rest = withoutKnown(clean);
    // Where only hidden places could use it, nothing that could be a word stays.
    if (visible === false && /[\p{L}\p{N}]/u.test(rest.replace(STRING, 'x'))) return null;
    if (visible === null && /\p{L}\p{N}|\p{N}\p{L}/u.test(rest)) return null;
  }
  return `${name}:${clean.trim()}`;
}

/** Value without the parts that are numbers, colours and functions. */
function withoutKnown(value: string): string {
  return value
    .replace(URL, '')
    .replace(/#[0-9a-f]{3,8}\b/gi, '')
    .replace(/var\([^()]*\)/g, '')
    .replace(
      /(?<![\p{L}\p{N}_-])[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(%|[a-z]{1,4})?(?![\p{L}\p{N}_-])/giu,
      '',
    )
    .replace(/\b(cubic-bezier|translate3d|matrix3d|rotate3d|scale3d|h1|h2|h3|h4|h5|h6)\b/gi, '');
}

/** Declarations of a `style` attribute. */
export function scrubDeclarations(css: string, host: CssHost, shown: boolean): string {
  const text = withoutComments(css);
  const kept: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = endOfPart(text, at);
    const part = text.slice(at, end);
    at = end + 1;
    if (!shown && /^\s*--|["']|url\(/i.test(part)) continue;
    const clean = declaration(part, host, () => shown);
    if (clean !== null) kept.push(clean);
  }
  return kept.join(';');
}

/** Selector without the parts that a lookup in the page cannot or must not answer. */
export function plain(selector: string): string {
  return (
    selector
      .replace(
        /::?(before|after|marker|placeholder|first-l\w+|selection|backdrop|file-selector-button|highlight\([^)]*\))/gi,
        '',
      )
      .replace(
        /:(hover|focus|focus-visible|focus-within|active|visited|link|checked|target|invalid|user-invalid|popover-open|open)\b(?!-)/gi,
        '',
      ) || '*'
  );
}

/** A name that could be somebody's number. */
const NUMBERED = /\d{3}/;

function rewriteSelector(selector: string, host: CssHost): string {
  const named = NUMBERED.test(selector)
    ? selector.replace(/([.#])(-?[_a-zA-Z\u0080-\uffff][\w\u0080-\uffff-]*)/g, (_, sign, name) =>
        NUMBERED.test(name) ? sign + host.alias(sign + name) : sign + name,
      )
    : selector;
  // In the replay no element is defined by script, though all of the page's were.
  return named.replace(/:defined\b/g, ':not(sightline-never)');
}

/** True for a rule about hidden places only that quotes a number. */
const quotes = (selector: string, host: CssHost): boolean =>
  /=[^\]]*\d{3}/.test(selector) && host.isPublic(selector) === false;

/** Attribute selectors on what never travels can match nothing, and may quote it. */
const PRIVATE_SELECTOR =
  /\[\s*(value|href|src|srcdoc|action|content|aria-(?!label\b|hidden|expanded|selected|current|disabled|pressed|checked|invalid|busy|orientation|sort|modal|haspopup)[\w-]+)\s*[~|^$*]?=/i;

/** A whole style sheet. */
export function scrubSheet(css: string, host: CssHost): string {
  const text = withoutComments(css);
  const out: string[] = [];
  const open: {
    prelude: string;
    drop: boolean;
    rule: boolean;
    shown: boolean | null | undefined;
  }[] = [];
  const dropping = (): boolean => open.some((each) => each.drop);
  for (let at = 0; at < text.length; ) {
    const end = endOfPart(text, at);
    const part = text.slice(at, end).trim();
    const stop = text[end];
    at = end + 1;
    const inner = open.at(-1);
    if (stop === '{') {
      const isAt = part.startsWith('@');
      const drop = !isAt && (PRIVATE_SELECTOR.test(part) || quotes(part, host));
      const frame = {
        prelude: part,
        drop,
        rule: !isAt || /^@(font-face|page|property|counter-style)/i.test(part),
        shown: undefined,
      };
      if (!dropping() && !drop) out.push(isAt ? part : rewriteSelector(part, host), '{');
      open.push(frame);
      continue;
    }
    if (part !== '' && !dropping()) {
      if (part.startsWith('@')) {
        // Imports are put in the place of their rule by the caller.
        if (!/^@(import|charset)/i.test(part)) out.push(part, ';');
      } else if (inner !== undefined) {
        const shown = (): boolean | null => {
          if (inner.shown === undefined) inner.shown = host.isPublic(selectorOf(open));
          return inner.shown;
        };
        const clean = declaration(part, host, shown, () => selectorOf(open));
        if (clean !== null) out.push(clean, stop === '}' ? '' : ';');
      }
    }
    if (stop === '}' && open.length > 0) {
      if (!dropping()) out.push('}');
      open.pop();
    }
  }
  for (const each of open.reverse()) if (!each.drop) out.push('}');
  return out.join('');
}

/** The selector of the innermost rule, with those around it for nested ones. */
function selectorOf(open: readonly { prelude: string }[]): string {
  let selector = '';
  let scope = '';
  for (const { prelude } of open) {
    if (/^@(keyframes|-\w+-keyframes|font-face|property|counter-style|page)/i.test(prelude))
      return ':not(*)';
    if (/^@scope/i.test(prelude)) {
      const [, root] = /^@scope\s*\(([\s\S]*?)\)\s*(?:to\b[\s\S]*)?$/i.exec(prelude) ?? [];
      if (root === undefined) return ':not(*)';
      scope = scope === '' ? `:is(${root})` : `${scope} :is(${root})`;
    }
    if (prelude.startsWith('@')) continue;
    if (selector !== '')
      selector = prelude.includes('&')
        ? prelude.replaceAll('&', `:is(${selector})`)
        : `:is(${selector}) :is(${prelude})`;
    else if (scope === '') selector = prelude;
    else if (/:scope\b|&/.test(prelude)) selector = prelude.replaceAll(/:scope\b|&/g, scope);
    else selector = `:is(${scope},${scope} *):is(${prelude})`;
  }
  return selector === '' ? ':not(*)' : selector;
}

/** Names that style sheets speak of. What they name tells nothing that they do not tell. */
export interface Names {
  readonly classes: Set<string>;
  readonly ids: Set<string>;
  /** Ids of boxes whose tick is asked for. */
  readonly switches: Set<string>;
  /** Attributes, with the values that are asked for; `null` among them when any will do. */
  readonly attributes: Map<string, Set<string | null>>;
  /** Attributes that are written beside what is in an element. */
  readonly drawn: Set<string>;
}

export const noNames = (): Names => ({
  classes: new Set(),
  ids: new Set(),
  switches: new Set(),
  attributes: new Map(),
  drawn: new Set(),
});

const CLASS = /\.(-?(?:[_a-zA-Z\u0080-\uffff]|\\.)(?:[\w\u0080-\uffff-]|\\.)*)/g;
const ID = /#(-?(?:[_a-zA-Z\u0080-\uffff]|\\.)(?:[\w\u0080-\uffff-]|\\.)*)/g;
const ATTRIBUTE =
  /\[\s*([\w-]+)\s*(?:([~|^$*]?=)\s*(?:"([^"]*)"|'([^']*)'|([^\]\s]+))\s*[is]?\s*)?\]/g;
const unescaped = (text: string): string =>
  text.replace(/\\(?:\r\n|\n)|\\([0-9a-f]{1,6})\s?|\\(.)/gi, (_, hex?: string, char?: string) =>
    hex === undefined
      ? (char ?? '')
      : String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff)),
  );

/** Collects the names of a scrubbed sheet. */
export function collectNames(css: string, names: Names): void {
  for (const [, name] of css.matchAll(CLASS)) names.classes.add(unescaped(name ?? ''));
  for (const [, name] of css.matchAll(ID)) names.ids.add(unescaped(name ?? ''));
  for (const [, name] of css.matchAll(/#([\w-]+):checked/g)) names.switches.add(name ?? '');
  for (const [, content] of css.matchAll(/content:([^;}]*)/gi))
    for (const [, name] of (content ?? '').matchAll(/attr\(\s*([\w-]+)/gi))
      names.drawn.add((name ?? '').toLowerCase());
  for (const [, name, how, a, b, c] of css.matchAll(ATTRIBUTE)) {
    const key = (name ?? '').toLowerCase();
    const values = names.attributes.get(key) ?? new Set();
    values.add(how === undefined ? null : (a ?? b ?? c ?? ''));
    names.attributes.set(key, values);
  }
}
