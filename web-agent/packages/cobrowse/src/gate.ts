// The mask gate. Everything that leaves the tab about a page is made here, from the page as it
// stands at that moment; no other file can make a `Masked` text or a `MaskedEvent`.
//
// How it stays tight:
// - It looks at the live page, never at what an observer noted before.
// - What is hidden is decided through shadow hosts, slots and frames.
// - Hidden once is hidden for good, wherever a node moves, and where its text is repeated.
// - A mask is always as long, and a hidden inline text is one mask whatever it is made of.
// - Elements, attributes and style travel by allow-list; class names, ids and other attributes only
//   when a style sheet that travels anyway names them.
// - Whoever catches an exception from here sends nothing.

import { useOfForeign, useOfHtml } from './attributes';
import {
  type CssHost,
  collectNames,
  type Names,
  noNames,
  scrubDeclarations,
  scrubSheet,
} from './css';
import { Echo } from './echo';
import { fitsText, type ReadyRules } from './rules';
import {
  type Attributes,
  type Changes,
  MASK,
  type Masked,
  type NodeState,
  type Snapshot,
} from './wire';

const sealed: unique symbol = Symbol('sealed');

/** Something that may leave the tab. */
export interface MaskedEvent {
  readonly [sealed]: true;
  readonly snapshot: boolean;
  readonly json: string;
}

/** 0: shown, 1: masked, 2: blocked. */
export type Level = 0 | 1 | 2;

/** An element as it may be shown. */
export interface ElementView {
  readonly name: Masked;
  readonly attributes: Attributes;
  readonly state: NodeState;
  /** `nodes`: look at each; `mask`: one mask; `none`: nothing. */
  readonly inside: 'nodes' | 'mask' | 'none';
}

/** Never sent, with all that is in them. */
const NEVER = new Set([
  'script',
  'noscript',
  'template',
  'meta',
  'base',
  'title',
  'object',
  'embed',
  'applet',
  'param',
  'source',
  'track',
  'portal',
  'foreignobject',
]);
const INPUTS =
  'input,textarea,select,option,optgroup,datalist,output,[role=textbox],[role=combobox],[role=searchbox],[role=spinbutton]';
const REPLACED = new Set(['img', 'canvas', 'video', 'audio', 'iframe', 'frame', 'picture']);
const BUTTONS = new Set(['submit', 'button', 'reset']);
/** Elements that stand in a line of text: inside a mask they are one text with what is around them. */
const INLINE = new Set(
  'a abbr b bdi bdo big br cite code data del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup time tt u var wbr #text #comment'.split(
    ' ',
  ),
);
/** Fields whose content is never shown, whatever anybody marks. */
const SECRET_FIELD =
  'input[type=password],input[type=hidden],input[type=file],[autocomplete^=cc-],[autocomplete*=password],[autocomplete=one-time-code]';

const masked = (text: string): Masked => text as Masked;

export class Gate {
  readonly #rules: ReadyRules;
  readonly #assets: (url: string, base: string) => string | null;
  readonly #echo = new Echo();
  /** Nodes that were hidden once. */
  readonly #hidden = new WeakMap<Node, Level>();
  readonly #closedRoots: WeakMap<Element, ShadowRoot>;
  readonly #passwords = new WeakSet<Element>();
  #names: Names = noNames();
  #levels = new Map<Node, Level>();

  constructor(
    rules: ReadyRules,
    assets: (url: string, base: string) => string | null,
    closedRoots: WeakMap<Element, ShadowRoot>,
  ) {
    this.#rules = rules;
    this.#assets = assets;
    this.#closedRoots = closedRoots;
  }

  /** Begins a look at the page: nothing known about levels holds on, but what was hidden stays so. */
  look(): void {
    this.#levels = new Map();
  }

  /**
   * Finds everything that is marked below a root. Returns what is hidden now and was not before.
   */
  findMarks(root: Document | ShadowRoot): Element[] {
    const { mask, block } = this.#rules.selectors;
    const found: Element[] = [];
    for (const [selector, level] of [
      [block, 2],
      [mask, 1],
    ] as const) {
      for (const element of root.querySelectorAll(selector)) {
        if ((this.#hidden.get(element) ?? 0) < level) {
          this.#hidden.set(element, level);
          found.push(element);
        }
      }
    }
    for (const field of root.querySelectorAll('input[type=password]')) this.#passwords.add(field);
    for (const field of root.querySelectorAll('input,textarea')) this.rememberField(field);
    return found;
  }

  /** The customer points at something to hide. */
  hide(element: Element): void {
    this.#hidden.set(element, 2);
  }

  /** Keeps what a field holds, so that it is recognised where the page repeats it. */
  rememberField(field: Element): void {
    const { type, value } = field as HTMLInputElement;
    if (
      typeof value !== 'string' ||
      /^(checkbox|radio|submit|button|reset|image|range|color)$/.test(type)
    )
      return;
    this.#echo.remember(value, type !== 'hidden');
  }

  /** How much of a node may be seen. */
  level(node: Node): Level {
    const known = this.#levels.get(node);
    if (known !== undefined) return known;
    const level = this.#judge(node);
    this.#levels.set(node, level);
    // What hides by default may be shown later by a mark; what a mark or a rule hid may not.
    if (level > 0 && !this.#rules.everything) this.#hidden.set(node, level);
    return level;
  }

  #judge(node: Node): Level {
    const above = parentOf(node);
    let level: Level = this.#rules.everything ? 1 : 0;
    if (above !== null) level = this.level(above);
    const { assignedSlot } = node as Element;
    if (assignedSlot) level = max(level, this.level(assignedSlot));
    const element = node.nodeType === 1 ? (node as Element) : null;
    if (element !== null && level === 1 && this.#rules.everything && !this.#hidden.has(element)) {
      const hiddenAbove = above !== null && this.#hiddenAbove(above);
      if (!hiddenAbove && element.matches(this.#rules.selectors.show)) level = 0;
    }
    level = max(level, this.#hidden.get(node) ?? 0);
    if (element !== null && level < 2) {
      if (element.matches(this.#rules.selectors.block)) level = 2;
      else if (element.matches(this.#rules.selectors.mask)) level = 1;
      for (const rule of this.#rules.texts) {
        if (rule.action !== 'mask' && rule.action !== 'block') continue;
        if (fitsText(rule, element)) {
          level = max(level, rule.action === 'block' ? 2 : 1);
          this.#hidden.set(element, level);
        }
      }
    }
    return level;
  }

  #hiddenAbove(node: Node): boolean {
    for (let at: Node | null = node; at !== null; at = parentOf(at)) {
      if (this.#hidden.has(at)) return true;
      if (at.nodeType === 1 && (at as Element).matches(this.#rules.selectors.show)) return false;
    }
    return false;
  }

  /** The root inside an element that may be looked into. */
  rootIn(element: Element): ShadowRoot | Document | null {
    if (this.level(element) > 0 && (REPLACED.has(element.localName) || this.level(element) === 2))
      return null;
    if (element.localName === 'iframe' || element.localName === 'frame') {
      try {
        const inner = (element as HTMLIFrameElement).contentDocument;
        return inner?.documentElement ? inner : null;
      } catch {
        return null;
      }
    }
    const root = element.shadowRoot ?? this.#closedRoots.get(element) ?? null;
    return root !== null && !isField(element) ? root : null;
  }

  /** A text as it may be shown; null when it says nothing. */
  text(node: Text): Masked {
    const text = node.nodeValue ?? '';
    if (text.trim() === '') return masked(this.level(node) === 0 ? text.slice(0, 500) : ' ');
    const parent = node.parentNode as Element | null;
    const inField = parent !== null && parent.nodeType === 1 && isField(parent);
    if (this.level(node) > 0 || inField) {
      this.#echo.remember(text, false);
      return masked(MASK);
    }
    if (this.#echo.repeats(text)) {
      this.#hidden.set(node, 1);
      return masked(MASK);
    }
    return masked(text);
  }

  /** What stands for a hidden line. */
  mask(): Masked {
    return masked(MASK);
  }

  /** An element as it may be shown; null when it never is. */
  element(element: Element): ElementView | null {
    const name = element.localName.toLowerCase();
    if (NEVER.has(name) || !/^[a-z][\w.-]{0,60}$/i.test(name)) return null;
    if (name === 'link' || name === 'style') return null;
    const level = this.level(element);
    if (name === 'input' && (element as HTMLInputElement).type === 'hidden') return null;
    const foreign = element.namespaceURI?.endsWith('/svg')
      ? 'svg:'
      : element.namespaceURI?.endsWith('MathML')
        ? 'math:'
        : '';
    const attributes = this.#attributes(element, level, foreign !== '');
    const state = this.#state(element, name, level);
    return {
      name: masked(foreign + (foreign === '' ? name : element.localName)),
      attributes,
      state,
      inside: this.#inside(element, name, level, foreign),
    };
  }

  #inside(element: Element, name: string, level: Level, foreign: string): ElementView['inside'] {
    if (isField(element)) {
      const editable =
        name !== 'input' && name !== 'textarea' && name !== 'select' && name !== 'datalist';
      if (!editable) return 'none';
      if (level < 2) this.#echo.remember(element.textContent ?? '', true);
      return (element.textContent ?? '').trim() === '' ? 'none' : 'mask';
    }
    if (REPLACED.has(name) && name !== 'picture') return 'none';
    if (level === 0) return 'nodes';
    if (level === 2 || foreign !== '' || isLine(element)) this.#hideInside(element, level);
    if (level === 2 || foreign !== '') return 'none';
    if (!isLine(element)) return 'nodes';
    const text = element.textContent ?? '';
    if (text.trim() === '') return 'none';
    this.#echo.remember(text, false);
    return 'mask';
  }

  /** What is not looked at one by one stays hidden wherever it goes, and is recognised. */
  #hideInside(element: Element, level: Level): void {
    const walk = element.ownerDocument.createTreeWalker(element, 5);
    for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
      this.#hidden.set(node, max(level, this.#hidden.get(node) ?? 0));
      if (node.nodeType === 3) this.#echo.remember(node.nodeValue ?? '', false);
    }
    this.#echo.remember(element.textContent ?? '', false);
  }

  #attributes(element: Element, level: Level, foreign: boolean): Attributes {
    const out: Record<string, Masked> = {};
    const field = isField(element);
    for (const { name, value } of element.attributes) {
      const key = name.toLowerCase();
      const kept = this.#attribute(element, foreign ? name : key, value, level, foreign, field);
      if (kept !== null) out[foreign ? name : key] = kept;
    }
    if (this.#passwords.has(element)) out['type'] = masked('password');
    return out;
  }

  #attribute(
    element: Element,
    name: string,
    value: string,
    level: Level,
    foreign: boolean,
    field: boolean,
  ): Masked | null {
    if (name === 'class') return this.#known(value, this.#names.classes);
    if (name === 'id' || name === 'for') {
      const inPicture =
        foreign && level === 0 && /^[\w.:-]{1,60}$/.test(value) && !this.#echo.repeats(value);
      return inPicture || this.#names.ids.has(value) ? masked(value) : null;
    }
    // Names that join a component to what is put into it.
    if (name === 'slot' || name === 'part' || (name === 'name' && element.localName === 'slot')) {
      return level === 0 && /^[\w -]{1,100}$/.test(value) && !this.#echo.repeats(value)
        ? masked(value)
        : null;
    }
    if (name === 'style') {
      let css = scrubDeclarations(value, this.#cssHost(element.baseURI), level === 0);
      // The size of a field may follow what is typed into it.
      if (level > 0 || field)
        css = css.replace(
          /(^|;)\s*(min-|max-)?(width|height|inline-size|block-size):[^;]*/gi,
          '$1',
        );
      return css === '' || this.#echo.repeats(css) ? null : masked(css);
    }
    if (name === 'href' && !foreign && (element.localName === 'a' || element.localName === 'area'))
      return masked('#_');
    const use = foreign
      ? level === 0
        ? useOfForeign(name, value)
        : 'drop'
      : useOfHtml(name, value);
    if (
      foreign &&
      level > 0 &&
      /^(width|height|viewBox)$/.test(name) &&
      /^[\d.\s%-]{1,40}$/.test(value)
    )
      return masked(value);
    if (use === 'empty') return masked('');
    if (use === 'keep') return masked(value);
    if (use === 'text' && (level > 0 || field)) this.#echo.remember(value, false);
    if (use === 'text') {
      if (level > 0 || field || value.length > 1_000 || this.#echo.repeats(value)) return null;
      return masked(value);
    }
    const named = this.#names.attributes.get(name);
    if (named === undefined || name.startsWith('on') || name === 'value') return null;
    if (named.has(value)) return masked(value);
    for (const each of named)
      if (each !== null && each !== '' && value.includes(each)) return masked(each);
    return named.has(null) ? masked('') : null;
  }

  /** Names that a style sheet speaks of. */
  #known(value: string, known: ReadonlySet<string>): Masked | null {
    const kept = value.split(/\s+/).filter((each) => known.has(each));
    return kept.length === 0 ? null : masked(kept.join(' '));
  }

  #state(element: Element, name: string, level: Level): NodeState {
    const state: {
      s?: [number, number];
      v?: Masked;
      k?: 1;
      p?: Masked;
      b?: [number, number];
      m?: 1 | 2;
    } = {};
    if (level === 0 && !isField(element) && (element.scrollTop !== 0 || element.scrollLeft !== 0)) {
      state.s = [Math.round(element.scrollLeft), Math.round(element.scrollTop)];
    }
    if (level !== 0) state.m = level;
    if (isField(element)) this.#fieldState(element as HTMLInputElement, name, level, state);
    else if (
      name === 'img' ||
      name === 'canvas' ||
      name === 'video' ||
      name === 'iframe' ||
      name === 'frame'
    ) {
      this.#pictureState(element as HTMLElement, name, level, state);
    }
    return state;
  }

  #fieldState(
    field: HTMLInputElement,
    name: string,
    level: Level,
    state: { v?: Masked; k?: 1; m?: 1 | 2 },
  ): void {
    if (name === 'input' && BUTTONS.has(field.type)) {
      const caption = field.value;
      if (level === 0 && !this.#echo.repeats(caption)) {
        if (caption !== '') state.v = masked(caption);
        return;
      }
      state.v = masked(MASK);
      return;
    }
    const open =
      level === 0 &&
      field.matches(this.#rules.selectors.show) &&
      !field.matches(SECRET_FIELD) &&
      !this.#passwords.has(field);
    if (/^(checkbox|radio)$/.test(field.type)) {
      // A box that nobody sees and that a style sheet asks by its id is a switch of the page's own.
      const aSwitch =
        level === 0 && this.#names.switches.has(field.id) && field.getClientRects().length === 0;
      if ((open || aSwitch) && field.checked) state.k = 1;
    } else if (name === 'input' || name === 'textarea' || name === 'select') {
      if (name !== 'select') this.rememberField(field);
      if (/^(range|color|image)$/.test(field.type)) return;
      if (field.value !== '' || name === 'select')
        state.v = masked(open && name !== 'select' ? field.value : MASK);
    }
    if (!open && state.m === undefined) state.m = 1;
  }

  #pictureState(
    element: HTMLElement,
    name: string,
    level: Level,
    state: { p?: Masked; b?: [number, number]; m?: 1 | 2 },
  ): void {
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

  readonly #stills = new WeakMap<Element, string>();

  /** Takes the picture of a canvas or video, when it may be seen. */
  setStill(element: Element, hash: string): boolean {
    if (this.level(element) > 0 || this.#stills.get(element) === hash) return false;
    this.#stills.set(element, hash);
    return true;
  }

  #cssHost(base: string, root?: Document | ShadowRoot): CssHost {
    return {
      asset: (url) => this.#assets(url, base),
      repeats: (text) => this.#echo.repeats(text),
      isPublic: (selector) => (root === undefined ? null : this.#isPublic(selector, root)),
    };
  }

  /** Whether something that a selector finds may be seen; null when it finds nothing. */
  #isPublic(selector: string, root: Document | ShadowRoot): boolean | null {
    try {
      if (/::slotted|::part/.test(selector)) return false;
      const host =
        /:host/.test(selector) && root.nodeType === 11 ? (root as ShadowRoot).host : null;
      const found = host === null ? root.querySelectorAll(selector) : [host];
      for (const element of found) if (this.level(element) === 0 && !isField(element)) return true;
      return found.length === 0 ? null : false;
    } catch {
      return null;
    }
  }

  /** A style sheet fit to leave, with its names noted. Null for one inside a hidden place. */
  sheet(
    css: string,
    base: string,
    owner: Element | null,
    root: Document | ShadowRoot,
  ): Masked | null {
    if (
      owner !== null &&
      this.level(owner) > 0 &&
      !(this.#rules.everything && !this.#hidden.has(owner))
    )
      return null;
    if (this.level(root) > 0 && !this.#rules.everything) return null;
    const clean = scrubSheet(css, this.#cssHost(base, root));
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
    const title = hidden || this.#echo.repeats(page.title) ? MASK : page.title.slice(0, 200);
    const { origin, pathname } = new URL(url);
    const path = decode(pathname)
      .split('/')
      .map((part) =>
        this.#echo.repeats(part) || /\d{5,}|[@=;]|[0-9a-f]{16,}/i.test(part) ? MASK : part,
      );
    return { title: masked(title), url: masked((origin + path.join('/')).slice(0, 2_000)) };
  }

  /** The only maker of events. */
  seal(body: Snapshot | Changes): MaskedEvent {
    return { [sealed]: true, snapshot: !Array.isArray(body), json: JSON.stringify(body) };
  }
}

const max = (a: Level, b: Level): Level => (a > b ? a : b);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return MASK;
  }
}

/** The node whose hiding a node takes part in: through shadow hosts and frames. */
export function parentOf(node: Node): Node | null {
  const parent = node.parentNode;
  if (parent !== null) return parent;
  if (node.nodeType === 11) return (node as ShadowRoot).host ?? null;
  if (node.nodeType === 9) {
    try {
      return (node as Document).defaultView?.frameElement ?? null;
    } catch {
      return null;
    }
  }
  return null;
}

/** Never sent, with all that is in it. */
export function isNever(element: Element): boolean {
  return NEVER.has(element.localName.toLowerCase());
}

/** Something that takes what people type or choose, or stands inside of it. */
export function isField(element: Element): boolean {
  return element.matches(INPUTS) || (element as HTMLElement).isContentEditable === true;
}

/** True when an element holds nothing but a line of text. */
function isLine(element: Element): boolean {
  if (element.shadowRoot !== null) return false;
  for (const child of element.childNodes) {
    if (!INLINE.has(child.nodeName.toLowerCase())) return false;
    if (child.nodeType === 1 && !isLine(child as Element)) return false;
  }
  return true;
}
