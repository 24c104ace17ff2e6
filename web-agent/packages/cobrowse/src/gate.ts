// The mask gate. Everything that leaves the tab about a page is made here, from the page as it
// stands at that moment; no other file can make a `Masked` text or a `MaskedEvent`.
//
// How it stays tight:
// - It looks at the live page, never at what an observer noted before.
// - What is hidden is decided through shadow hosts, slots and frames (`levels.ts`).
// - Hidden once is hidden for good, wherever a node moves, and where its text is repeated (`echo.ts`).
// - A mask is always as long, and a hidden inline text is one mask whatever it is made of.
// - Elements, attributes and style travel by allow-list; class names, ids and other attributes only
//   when a style sheet that travels anyway names them (`attributes.ts`, `css.ts`).
// - Whoever catches an exception from here sends nothing.

import { attributeText } from './attributes';
import { type CssHost, collectNames, type Names, noNames, scrubSheet } from './css';
import { drawn, foundBy, PSEUDOS } from './drawn';
import type { Echo } from './echo';
import { type Level, Levels } from './levels';
import { Memory } from './memory';
import { placed } from './renumber';
import type { ReadyRules } from './rules';
import { isField, isLine, isNever, isReplaced } from './tree';
import {
  type Attributes,
  type Changes,
  MASK,
  type Masked,
  type NodeId,
  type NodeState,
  type Op,
  type Snapshot,
} from './wire';

const sealed: unique symbol = Symbol('sealed');

/** Something that may leave the tab. */
export interface MaskedEvent {
  readonly [sealed]: true;
  readonly snapshot: boolean;
  readonly json: string;
}

/** An element as it may be shown. */
export interface ElementView {
  readonly name: Masked;
  readonly attributes: Attributes;
  readonly state: NodeState;
  /** `nodes`: look at each; `mask`: one mask; `none`: nothing. */
  readonly inside: 'nodes' | 'mask' | 'none';
}

/** State of an element while it is put together. */
type Draft = { -readonly [K in keyof NodeState]: NodeState[K] };

const BUTTONS = new Set(['submit', 'button', 'reset']);
/** Shown as a picture, or as a box of the same size. */
const BOXES = new Set(['img', 'canvas', 'video', 'iframe', 'frame']);
const masked = (text: string): Masked => text as Masked;

/** What an open field shows. */
const shownValue = (field: HTMLInputElement): string =>
  field.localName === 'select'
    ? ((field as unknown as HTMLSelectElement).selectedOptions[0]?.text ?? '').slice(0, 200)
    : field.value;

/** The name of an element; one that could tell something, or is none for a replay, is not told. */
function elementName(name: string, level: Level): string {
  const fit = /^[a-z][\w.-]{0,60}$/i.test(name);
  return fit && (level === 0 || !/\d/.test(name) || /^h[1-6]$/.test(name)) ? name : 'x-other';
}

export class Gate {
  readonly #rules: ReadyRules;
  readonly #assets: (url: string, base: string) => string | null;
  readonly #levels: Levels;
  readonly #memory: Memory;
  readonly #echo: Echo;
  /** Hashes of the pictures that stand for canvases. */
  readonly #stills = new WeakMap<Element, string>();
  readonly #names: Names = noNames();
  /** Names that only hidden elements have, and what they are called outside. */
  readonly #aliases = new Map<string, string>();

  constructor(
    rules: ReadyRules,
    assets: (url: string, base: string) => string | null,
    closedRoots: WeakMap<Element, ShadowRoot>,
  ) {
    this.#rules = rules;
    this.#assets = assets;
    this.#levels = new Levels(rules, closedRoots);
    this.#memory = new Memory(rules, this.#levels);
    this.#echo = this.#memory.echo;
  }

  /** Begins a look at the page: nothing known about levels holds on, but what was hidden stays so. */
  look(): void {
    this.#levels.look();
  }

  /** Finds everything that is marked below a root. Returns what is hidden now and was not before. */
  findMarks(root: Document | ShadowRoot): Element[] {
    this.#memory.look(root);
    return this.#levels.findMarks(root);
  }

  /** Keeps what a field holds, so that it is recognised where the page repeats it. */
  rememberField(field: Element): void {
    this.#memory.field(field);
  }

  /** The customer points at something to hide. */
  hide(element: Element): void {
    this.#levels.hide(element, 2);
  }

  /** How much of a node may be seen. */
  level(node: Node): Level {
    return this.#levels.of(node);
  }

  /** Whether what an element looks like may be told. */
  isShown(element: Element): boolean {
    return this.level(element) === 0 && !isField(element);
  }

  /** The root inside an element that may be looked into. */
  rootIn(element: Element): ShadowRoot | Document | null {
    return this.#levels.rootIn(element);
  }

  /** A text as it may be shown. */
  text(node: Text): Masked {
    const text = node.nodeValue ?? '';
    if (text.trim() === '') return masked(this.level(node) === 0 ? text.slice(0, 500) : ' ');
    const parent = node.parentNode as Element | null;
    const inField =
      parent !== null && parent.nodeType === 1 && isField(parent) && !this.#memory.isOpen(parent);
    if (this.level(node) > 0 || inField) {
      this.#echo.remember(text, false);
      return masked(MASK);
    }
    return masked(this.#echo.cover(text));
  }

  /** What stands for a hidden line. */
  mask(): Masked {
    return masked(MASK);
  }

  /** An element as it may be shown; null when it never is. */
  element(element: Element): ElementView | null {
    const name = element.localName.toLowerCase();
    if (isNever(element) || name === 'link' || name === 'style') return null;
    const level = this.level(element);
    this.#memory.component(element, name);
    if (name === 'input' && (element as HTMLInputElement).type === 'hidden') return null;
    const foreign = element.namespaceURI?.endsWith('/svg')
      ? 'svg:'
      : element.namespaceURI?.endsWith('MathML')
        ? 'math:'
        : '';
    const attributes = this.#attributes(element, level, foreign !== '');
    const state = this.#state(element, name, level);
    return {
      name: masked(foreign + elementName(foreign === '' ? name : element.localName, level)),
      attributes,
      state,
      inside: this.#inside(element, name, level, foreign !== ''),
    };
  }

  #inside(element: Element, name: string, level: Level, foreign: boolean): ElementView['inside'] {
    // Cursors, line numbers and sizes would tell how much is in it: all of it is one mask.
    if (level === 1 && this.#levels.isEditor(element)) {
      this.#hideInside(element, level);
      return (element.textContent ?? '').trim() === '' ? 'none' : 'mask';
    }
    if (isField(element)) {
      const editable =
        name !== 'input' && name !== 'textarea' && name !== 'select' && name !== 'datalist';
      if (!editable) return 'none';
      if (name !== 'option' && name !== 'optgroup' && this.#memory.isOpen(element)) return 'nodes';
      if (level < 2) this.#echo.remember(element.textContent ?? '', true);
      return (element.textContent ?? '').trim() === '' ? 'none' : 'mask';
    }
    if (isReplaced(name) && name !== 'picture') return 'none';
    if (level === 0) return 'nodes';
    const oneLine = this.#isOneLine(element);
    if (level === 2 || foreign || oneLine) this.#hideInside(element, level);
    if (level === 2 || foreign) return 'none';
    if (!oneLine) return 'nodes';
    const text = element.textContent ?? '';
    if (text.trim() === '') return 'none';
    this.#echo.remember(text, false);
    return 'mask';
  }

  /** True for a hidden line of which nothing is shown. */
  #isOneLine(element: Element): boolean {
    const { everything, selectors } = this.#rules;
    return isLine(element) && !(everything && element.querySelector(selectors.show) !== null);
  }

  /** What is not looked at one by one stays hidden wherever it goes, and is recognised. */
  #hideInside(element: Element, level: Level): void {
    const walk = element.ownerDocument.createTreeWalker(element, 5);
    for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
      this.#levels.hide(node, level);
      if (node.nodeType === 3) this.#echo.remember(node.nodeValue ?? '', false);
    }
    this.#echo.remember(element.textContent ?? '', false);
  }

  #attributes(element: Element, level: Level, foreign: boolean): Attributes {
    const out: Record<string, Masked> = {};
    const place = {
      element,
      level,
      foreign,
      // The captions of buttons are no more private than those beside fields.
      field: isField(element) && !this.#isButton(element),
      names: this.#names,
      css: this.#cssHost(element.baseURI, undefined, element),
      repeats: (text: string) => this.#echo.repeats(text),
      cover: (text: string) => this.#echo.cover(text),
      alias: (name: string) => this.#aliases.get(name) ?? name.slice(1),
      draws: (name: string, value: string) =>
        PSEUDOS.some((pseudo) => {
          const { content } = getComputedStyle(element, pseudo);
          return content.includes(value) || content.includes(`attr(${name}`);
        }),
      remember: (text: string) => this.#echo.remember(text, false),
    };
    for (const { name, value } of element.attributes) {
      const key = foreign ? name : name.toLowerCase();
      const kept = attributeText(key, value, place);
      if (kept !== null) out[key] = masked(kept);
    }
    if (this.#memory.passwords.has(element)) out['type'] = masked('password');
    return out;
  }

  #isButton(element: Element): boolean {
    const { localName, type } = element as HTMLInputElement;
    return (
      localName === 'input' &&
      (BUTTONS.has(type) || type === 'image') &&
      !this.#memory.passwords.has(element)
    );
  }

  #state(element: Element, name: string, level: Level): NodeState {
    const state: Draft = {};
    const field = isField(element);
    if (level === 0 && !field && (element.scrollTop !== 0 || element.scrollLeft !== 0))
      state.s = [Math.round(element.scrollLeft), Math.round(element.scrollTop)];
    if (level !== 0) state.m = level;
    if (field) this.#fieldState(element as HTMLInputElement, name, level, state);
    else if (BOXES.has(name)) this.#pictureState(element as HTMLElement, name, level, state);
    return state;
  }

  #fieldState(field: HTMLInputElement, name: string, level: Level, state: Draft): void {
    if (name === 'input' && BUTTONS.has(field.type)) {
      const caption = field.value;
      if (level > 0) state.v = masked(MASK);
      else if (caption !== '') state.v = masked(this.#echo.cover(caption));
      return;
    }
    const open = this.#memory.isOpen(field);
    if (/^(checkbox|radio)$/.test(field.type)) {
      // A box that nobody sees and that a style sheet asks by its id is a switch of the page's own.
      const aSwitch =
        level === 0 && this.#names.switches.has(field.id) && field.getClientRects().length === 0;
      if ((open || aSwitch) && field.checked) state.k = 1;
    } else if (name === 'input' || name === 'textarea' || name === 'select') {
      this.#memory.field(field);
      if (/^(range|color|image)$/.test(field.type)) return;
      if (field.value !== '' || name === 'select')
        state.v = masked(open ? this.#echo.cover(shownValue(field)) : MASK);
    }
    if (!open && state.m === undefined) state.m = 1;
  }

  #pictureState(element: HTMLElement, name: string, level: Level, state: Draft): void {
    if (level === 0 && (name === 'img' || name === 'canvas' || name === 'video')) {
      const key =
        name === 'img'
          ? (element as HTMLImageElement).currentSrc || (element as HTMLImageElement).src
          : `still:${name}`;
      const hash = name === 'img' ? this.#assets(key, element.baseURI) : this.#stills.get(element);
      if (hash != null) {
        state.p = masked(hash);
        if (name === 'img') return;
      }
    }
    if (level > 0) {
      // The place of a hidden picture follows from attributes and style sheets alone.
      state.b = [0, 0];
      return;
    }
    const box = element.getBoundingClientRect();
    state.b = [Math.round(box.width), Math.round(box.height)];
  }

  /** Takes the picture of a canvas or video, when it may be seen. */
  setStill(element: Element, hash: string): boolean {
    if (this.level(element) > 0 || this.#stills.get(element) === hash) return false;
    this.#stills.set(element, hash);
    return true;
  }

  #cssHost(
    base: string,
    root?: Document | ShadowRoot,
    element?: Element,
    waiting?: Set<string>,
  ): CssHost {
    return {
      asset: (url) =>
        // A picture that is written out in its address may hold a text.
        url.startsWith('data:') && this.#echo.repeats(url.slice(0, 4_000))
          ? null
          : this.#assets(url, base),
      repeats: (text) => this.#echo.repeats(text),
      isPublic: (selector) => (root === undefined ? null : this.#isPublic(selector, root)),
      drawn: (selector, texts) => {
        const found = root === undefined ? [element as Element] : foundBy(selector, root);
        return drawn(found?.filter((each) => this.isShown(each)) ?? [], selector, texts);
      },
      alias: (name) => (root === undefined ? name.slice(1) : this.#alias(name, root)),
      waits: (selector) => {
        if (selector !== '' && selector !== ':not(*)') waiting?.add(selector);
      },
    };
  }

  /** A name with a number that only hidden elements have goes by another one. */
  #alias(name: string, root: Document | ShadowRoot): string {
    const plain = name.slice(1);
    const known = this.#aliases.get(name);
    if (known !== undefined) return known;
    if ((name[0] === '#' ? this.#names.ids : this.#names.classes).has(plain)) return plain;
    if (this.#isPublic(name, root) !== false) return plain;
    const alias = `hidden-${this.#aliases.size}`;
    this.#aliases.set(name, alias);
    return alias;
  }

  /** Whether something that a selector finds may be seen; null when it finds nothing. */
  #isPublic(selector: string, root: Document | ShadowRoot): boolean | null {
    const found = foundBy(selector, root);
    if (found === null) return null;
    for (const element of found) if (this.isShown(element)) return true;
    return found.length === 0 ? null : false;
  }

  /** True when one of the selectors finds something in a root. */
  finds(selectors: ReadonlySet<string>, root: Document | ShadowRoot): boolean {
    for (const selector of selectors) if ((foundBy(selector, root)?.length ?? 0) > 0) return true;
    return false;
  }

  /**
   * A style sheet fit to leave, with its names noted. Null for one inside a hidden place. `waiting`
   * gets the selectors that find nothing yet and have a text that may be shown once they do.
   */
  sheet(
    css: string,
    base: string,
    owner: Element | null,
    root: Document | ShadowRoot,
    waiting?: Set<string>,
  ): Masked | null {
    const { everything } = this.#rules;
    if (owner !== null && this.level(owner) > 0 && !(everything && !this.#levels.wasHidden(owner)))
      return null;
    if (this.level(root) > 0 && !everything) return null;
    const clean = scrubSheet(css, this.#cssHost(base, root, undefined, waiting));
    collectNames(clean, this.#names);
    return masked(clean);
  }

  /** The hash of something that passed, or the media query of a sheet. */
  name(text: string): Masked | null {
    if (/^[0-9a-f]{64}$/.test(text)) return masked(text);
    return /^[\w\s(),:<>=./+-]{0,300}$/.test(text) && !this.#echo.repeats(text)
      ? masked(text)
      : null;
  }

  /** Title and address of the page, without query and fragment. */
  place(page: Document, url: string): { title: Masked; url: Masked } {
    const hidden =
      this.#rules.everything ||
      (page.querySelector('title') !== null &&
        this.level(page.querySelector('title') as Element) > 0);
    const title = hidden ? MASK : this.#echo.cover(page.title).slice(0, 200);
    const { origin, pathname } = new URL(url);
    const path = decode(pathname)
      .split('/')
      .map((part) =>
        this.#echo.repeats(part) || /\d{5,}|[@=;]|[0-9a-f]{16,}/i.test(part) ? MASK : part,
      );
    return { title: masked(title), url: masked((origin + path.join('/')).slice(0, 2_000)) };
  }

  /**
   * What a page in a frame of another origin let through its own gate, in its place in this page.
   * Nothing of it where the frame is hidden, and no text that was hidden here.
   */
  guest(frame: Element, at: NodeId, first: NodeId, event: { readonly json: string }): Op[] {
    if (this.level(frame) > 0) return [];
    return placed(JSON.parse(event.json) as Snapshot | Changes, at, first, (text) =>
      masked(this.#echo.cover(text)),
    );
  }

  /** The only maker of events. */
  seal(body: Snapshot | Changes): MaskedEvent {
    return { [sealed]: true, snapshot: !Array.isArray(body), json: JSON.stringify(body) };
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return MASK;
  }
}
