// The page's style sheets as raw text: from `<style>` itself, from the address of a `<link>`, and
// from the rules only where there is no text (`raw.ts`).

import type { Assets } from './assets';
import type { Gate } from './gate';
import { RawTexts } from './raw';
import type { Masked } from './wire';

const FETCH_WITHIN_MS = 4_000;
/** Shorter than the time between two looks. */
const SAME_LOOK_MS = 300;
/** How long pictures and fonts of a sheet are waited for, one time after the other. */
const ASSETS_WITHIN_MS = [1_500, 8_500];
const encoder = new TextEncoder();

interface Known {
  /** What the hash was made from. */
  source: string;
  hash: Masked | null;
  working: boolean;
  /** Selectors that found nothing, of rules with a text. */
  waiting: ReadonlySet<string>;
}

export class SheetBook {
  readonly #gate: Gate;
  readonly #assets: Assets;
  readonly #changed: (owner: Element | Document | ShadowRoot) => void;
  readonly #namesChanged: () => void;
  readonly #texts = new Map<string, Promise<string | null>>();
  readonly #known = new WeakMap<CSSStyleSheet | Element, Known>();
  readonly #raw: RawTexts;
  #waiting = 0;

  constructor(
    gate: Gate,
    assets: Assets,
    changed: (owner: Element | Document | ShadowRoot) => void,
    namesChanged: () => void,
    signal: AbortSignal,
  ) {
    this.#raw = new RawTexts(signal);
    this.#gate = gate;
    this.#assets = assets;
    this.#changed = changed;
    this.#namesChanged = namesChanged;
  }

  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** Looks at every sheet of a root; work that takes time goes on by itself. */
  look(root: Document | ShadowRoot): void {
    for (const sheet of root.styleSheets) {
      const owner = sheet.ownerNode as Element | null;
      if (owner !== null) this.#take(owner, sheet, owner, root);
    }
    for (const sheet of root.adoptedStyleSheets ?? []) this.#take(sheet, sheet, null, root);
  }

  of(owner: Element): { hash: Masked; media: Masked } | null {
    const hash = this.#known.get(owner)?.hash ?? null;
    const media = this.#gate.name(owner.getAttribute('media') ?? '') ?? this.#gate.name('');
    // An alternative that is switched off has no sheet, though its text is known.
    const off = (owner as HTMLLinkElement).sheet?.disabled ?? true;
    return hash === null || media === null || off ? null : { hash, media };
  }

  adopted(root: Document | ShadowRoot): Masked[] {
    const out: Masked[] = [];
    for (const sheet of root.adoptedStyleSheets ?? []) {
      const hash = this.#known.get(sheet)?.hash;
      if (hash != null && !sheet.disabled) out.push(hash);
    }
    return out;
  }

  #take(
    key: CSSStyleSheet | Element,
    sheet: CSSStyleSheet,
    owner: Element | null,
    root: Document | ShadowRoot,
  ): void {
    const source = this.#sourceOf(sheet, owner);
    const known = this.#known.get(key);
    if (known?.working) return;
    if (known?.source === source && !this.#gate.finds(known.waiting, root)) return;
    const entry: Known = { source, hash: known?.hash ?? null, working: true, waiting: new Set() };
    this.#known.set(key, entry);
    void this.#work(entry, sheet, owner, root);
  }

  /** Looks again at sheets whose addresses can be named now. */
  again(root: Document | ShadowRoot): void {
    for (const sheet of [...root.styleSheets, ...(root.adoptedStyleSheets ?? [])]) {
      const key = (sheet.ownerNode as Element | null) ?? sheet;
      const known = this.#known.get(key);
      if (known !== undefined && !known.working) known.source = '';
    }
    this.look(root);
  }

  /** A sheet that many components share is read once a look. */
  #sourceOf(sheet: CSSStyleSheet, owner: Element | null): string {
    const known = this.#sources.get(sheet);
    const now = performance.now();
    if (owner === null && known !== undefined && now - known.at < SAME_LOOK_MS) return known.source;
    const source = sourceOf(sheet, owner);
    if (owner === null) this.#sources.set(sheet, { at: now, source });
    return source;
  }
  readonly #sources = new WeakMap<CSSStyleSheet, { at: number; source: string }>();

  async #work(
    entry: Known,
    sheet: CSSStyleSheet,
    owner: Element | null,
    root: Document | ShadowRoot,
  ): Promise<void> {
    this.#waiting++;
    try {
      const text = await this.#textOf(sheet, owner, root, 0);
      if (text === null) return;
      const base = sheet.href ?? owner?.baseURI ?? document.baseURI;
      const scrub = (): Masked | null => {
        this.#gate.look();
        const waiting = new Set<string>();
        entry.waiting = waiting;
        return this.#gate.sheet(text, base, owner, root, waiting);
      };
      // The first pass asks for what the sheet names; a later one can put it in. What comes slowly is
      // not waited for before the sheet is shown, and put in when it is there.
      scrub();
      this.#namesChanged();
      for (const withinMs of ASSETS_WITHIN_MS) {
        const whole = await this.#assets.settled(withinMs);
        const clean = scrub();
        if (clean === null) {
          entry.hash = null;
          return;
        }
        const hash = await this.#assets.put(encoder.encode(`/*css*/${clean}`));
        const changed = entry.hash !== hash;
        entry.hash = this.#gate.name(hash);
        if (changed) this.#changed(owner ?? root);
        if (whole) return;
      }
    } catch {
      // Without the sheet the replay looks plain, and nothing leaks.
    } finally {
      entry.working = false;
      this.#waiting--;
    }
  }

  async #textOf(
    sheet: CSSStyleSheet,
    owner: Element | null,
    root: Document | ShadowRoot,
    depth: number,
  ): Promise<string | null> {
    if (depth > 4) return '';
    if (sheet.href !== null) {
      const text = await this.#fetched(sheet.href);
      if (text !== null) return this.#withImports(text, sheet, root, depth);
    }
    const isShown = (element: Element): boolean => this.#gate.isShown(element);
    this.#gate.look();
    const own = owner?.localName === 'style' ? (owner.textContent ?? '') : undefined;
    const text = this.#raw.textOf(sheet, root, isShown, own);
    return text === null ? null : this.#withImports(text, sheet, root, depth);
  }

  /** Puts imported sheets in the place of their rules. */
  async #withImports(
    text: string,
    sheet: CSSStyleSheet,
    root: Document | ShadowRoot,
    depth: number,
  ): Promise<string> {
    if (!/@import/i.test(text)) return text;
    let before = '';
    try {
      for (const rule of sheet.cssRules) {
        if (!(rule instanceof CSSImportRule) || rule.styleSheet === null) continue;
        const inner = (await this.#textOf(rule.styleSheet, null, root, depth + 1)) ?? '';
        const media = rule.media.mediaText;
        before += media === '' ? inner : `@media ${media}{${inner}}`;
      }
    } catch {
      // A sheet of another origin: its imports cannot be seen.
    }
    return `${before}\n${text.replace(/@import[^;]*;/gi, '')}`;
  }

  #fetched(url: string): Promise<string | null> {
    let text = this.#texts.get(url);
    if (text === undefined) {
      text = fetch(url, { cache: 'force-cache', signal: AbortSignal.timeout(FETCH_WITHIN_MS) })
        .then((answer) =>
          answer.ok && /css|octet|plain/.test(answer.headers.get('content-type') ?? 'css')
            ? answer.text()
            : null,
        )
        .catch(() => null);
      this.#texts.set(url, text);
    }
    return text;
  }
}

/** Changes when the sheet does. */
function sourceOf(sheet: CSSStyleSheet, owner: Element | null): string {
  let rules = '';
  try {
    const { cssRules } = sheet;
    // A sheet that only scripts change is looked at whole.
    rules =
      owner === null
        ? Array.from(cssRules, (rule) => rule.cssText).join('\n')
        : `${cssRules.length}`;
  } catch {
    // Of another origin.
  }
  const text = owner?.localName === 'style' ? (owner.textContent ?? '') : '';
  return `${sheet.href ?? ''} ${rules} ${text.length} ${text.slice(0, 200)}${text.slice(-200)}`;
}
