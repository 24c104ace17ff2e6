// Builds the page again from snapshots and changes, in a frame that runs no scripts. Nothing that
// came over the wire becomes markup: names and attributes are set one by one, and what could run or
// load something is not set at all.

import {
  type Attributes,
  type Changes,
  type Child,
  MASK,
  type NodeId,
  type NodeState,
  type RootNode,
  type Snapshot,
  type WireNode,
} from '../wire';

const SVG = 'http://www.w3.org/2000/svg';
const MATHML = 'http://www.w3.org/1998/Math/MathML';
const REFUSED = /^(script|noscript|base|meta|object|embed|applet|portal|frame)$/i;
/** Colour of a picture that is not there, as browsers write it. */
const BOX = 'rgb(201, 206, 214)';
const EMPTY = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
/** A style sheet that does not come holds nothing up for longer. */
const SHEETS_WITHIN_MS = 1_500;

const LIMITED =
  '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd"><html>';

// Without scripts a canvas stands for what is inside of it, which has no box.
const OWN_CSS = `
:where(canvas){display:inline-block}
[sightline-m="2"]{background-image:repeating-linear-gradient(45deg,rgb(75 85 99/.45) 0 2px,transparent 2px 8px)!important;min-width:8px;min-height:8px}
`;

interface Entry {
  readonly node: Node;
  readonly kind: 'element' | 'text' | 'sheet' | 'root';
  children: NodeId[];
  state: NodeState;
  root: NodeId | null;
}

export class Renderer {
  readonly #stage: HTMLElement;
  readonly #assets: string;
  readonly #sized: (width: number, height: number) => void;
  #frame: HTMLIFrameElement | null = null;
  #entries = new Map<NodeId, Entry>();
  #ids = new WeakMap<Node, NodeId>();
  #maker: Document;
  #scroll: readonly [number, number] = [0, 0];
  #sheets = new Map<string, Promise<string>>();
  width = 1280;
  height = 720;

  constructor(stage: HTMLElement, assets: string, sized: (width: number, height: number) => void) {
    this.#stage = stage;
    this.#assets = assets;
    this.#sized = sized;
    this.#maker = document.implementation.createHTMLDocument('');
  }

  /** The document that shows the page. */
  get page(): Document | null {
    return this.#frame?.contentDocument ?? null;
  }

  snapshot({ root, view }: Snapshot): void {
    const before = this.#frame;
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-same-origin');
    frame.title = 'Page of the customer';
    frame.tabIndex = -1;
    frame.style.visibility = before === null ? 'visible' : 'hidden';
    this.#entries = new Map();
    this.#ids = new WeakMap();
    this.#maker = document.implementation.createHTMLDocument('');
    const entry = this.#makeRoot(root, null);
    this.#frame = frame;
    const up = (): void => {
      const page = frame.contentDocument;
      if (page === null || this.#frame !== frame) {
        frame.remove();
        return;
      }
      this.#fill(entry, page);
      void this.#loaded(page).then(() => {
        if (this.#frame !== frame) return;
        for (const other of [...this.#stage.querySelectorAll(':scope > iframe')]) {
          if (other !== frame) other.remove();
        }
        frame.style.visibility = 'visible';
        this.#rescroll();
        this.#stage.dataset['shown'] = 'true';
      });
    };
    this.#stage.append(frame);
    this.#bringUp(frame, root[5], up);
    this.#view(view);
  }

  changes(ops: Changes): void {
    const removed: NodeId[] = [];
    for (const op of ops) {
      const entry = op[0] === 'w' ? undefined : this.#entries.get(op[1]);
      if (op[0] === 'w') this.#view([op[1], op[2], op[3], op[4]]);
      else if (entry !== undefined) this.#apply(op, entry, removed);
    }
    for (const id of removed) {
      const entry = this.#entries.get(id);
      if (entry !== undefined && !this.#attached(entry.node)) this.#forget(id);
    }
  }

  #apply(
    op: Exclude<Changes[number], readonly ['w', ...unknown[]]>,
    entry: Entry,
    removed: NodeId[],
  ): void {
    switch (op[0]) {
      case 'c':
        this.#splice(entry, op[2], op[3], op[4], removed);
        break;
      case 'a':
        for (const [name, value] of Object.entries(op[2]))
          this.#attribute(entry.node as Element, name, value);
        break;
      case 'x':
        entry.state = op[2];
        this.#state(entry.node as Element, op[2]);
        break;
      case 't':
        entry.node.nodeValue = op[2];
        break;
      case 'h':
        this.#sheet(entry.node as HTMLLinkElement, op[2], op[3]);
        break;
      case 'r':
        this.#adopt(entry.node, op[2]);
        break;
      case 'i':
        if (entry.root !== null) this.#forget(entry.root);
        entry.root = null;
        if (op[2] !== null) this.#inner(entry, op[2]);
        break;
    }
  }

  /** Everything outside a document, or in one that waits for its frame, counts as there. */
  #attached(node: Node): boolean {
    return node.isConnected || node.parentNode !== null;
  }

  #forget(id: NodeId): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    for (const child of entry.children) this.#forget(child);
    if (entry.root !== null) this.#forget(entry.root);
  }

  #splice(entry: Entry, at: number, gone: number, come: readonly Child[], removed: NodeId[]): void {
    const parent = entry.node;
    for (const id of entry.children.splice(at, gone)) {
      const child = this.#entries.get(id)?.node;
      if (child?.parentNode === parent) parent.removeChild(child);
      removed.push(id);
    }
    const next =
      entry.children
        .slice(at)
        .map((id) => this.#entries.get(id)?.node)
        .find((node) => node?.parentNode === parent) ?? null;
    const ids: NodeId[] = [];
    for (const child of come) {
      const id = typeof child === 'number' ? child : child[1];
      if (typeof child === 'number') {
        for (const other of this.#entries.values()) {
          const index = other === entry ? -1 : other.children.indexOf(id);
          if (index >= 0) other.children.splice(index, 1);
        }
      } else this.#make(child);
      const made = this.#entries.get(id)?.node;
      if (made === undefined) continue;
      // A document has one element; the new one takes the place of the old.
      if (parent.nodeType === 9)
        for (const old of [...parent.childNodes]) if (old.nodeType === 1) parent.removeChild(old);
      parent.insertBefore(made, next);
      ids.push(id);
    }
    entry.children.splice(at, 0, ...ids);
    this.#settleTree(ids);
    this.#bringWaitingUp();
  }

  /** Scroll positions hold only once a node is in the page. */
  #settleTree(ids: readonly NodeId[]): void {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      if (entry.state.s !== undefined) this.#scrollTo(entry);
      this.#settleTree(entry.children);
    }
  }

  #register(id: NodeId, node: Node, kind: Entry['kind'], state: NodeState = {}): Entry {
    const entry: Entry = { node, kind, children: [], state, root: null };
    this.#entries.set(id, entry);
    this.#ids.set(node, id);
    return entry;
  }

  #make(node: WireNode): Node {
    if (node[0] === 3) {
      const text = this.#maker.createTextNode(node[2]);
      this.#register(node[1], text, 'text');
      return text;
    }
    if (node[0] === 2) {
      const link = this.#maker.createElement('link');
      this.#register(node[1], link, 'sheet');
      this.#sheet(link, node[2], node[3]);
      return link;
    }
    const [, id, name, attributes, state, children, root] = node;
    const element = this.#element(name);
    const entry = this.#register(id, element, 'element', state);
    for (const [key, value] of Object.entries(attributes as Attributes))
      this.#attribute(element, key, value);
    for (const child of children) {
      element.appendChild(this.#make(child));
      entry.children.push(child[1]);
    }
    if (root !== null) this.#inner(entry, root);
    this.#state(element, state);
    return element;
  }

  #element(name: string): Element {
    try {
      if (name.startsWith('svg:')) return this.#maker.createElementNS(SVG, name.slice(4));
      if (name.startsWith('math:')) return this.#maker.createElementNS(MATHML, name.slice(5));
      if (!REFUSED.test(name)) {
        const element = this.#maker.createElement(name);
        if (name === 'iframe') element.setAttribute('sandbox', 'allow-same-origin');
        return element;
      }
    } catch {
      // Not a name for an element.
    }
    return this.#maker.createElement('div');
  }

  #attribute(element: Element, name: string, value: string | null): void {
    if (/^(on|src|srcdoc|action|formaction|data$|sandbox|http-equiv|ping|background)/i.test(name))
      return;
    try {
      if (value === null) element.removeAttribute(name);
      else if (name === 'style') {
        element.setAttribute(
          'style',
          value.replace(/url\("([0-9a-f]{64})"\)/g, `url("${this.#assets}$1")`),
        );
        const entry = this.#entries.get(this.#ids.get(element) ?? -1);
        if (entry !== undefined) this.#state(element, entry.state);
      } else if (name === 'href' || name === 'xlink:href') {
        element.setAttribute('href', value.startsWith('#') ? value : '#_');
      } else element.setAttribute(name, value);
    } catch {
      // Not a name for an attribute.
    }
  }

  #asset(hash: string): string {
    return /^[0-9a-f]{64}$/.test(hash) ? this.#assets + hash : EMPTY;
  }

  #sheet(link: HTMLLinkElement, hash: string, media: string): void {
    link.rel = 'stylesheet';
    link.media = media;
    link.href = this.#asset(hash);
  }

  #state(element: Element, state: NodeState): void {
    const name = element.localName;
    if (state.m === undefined) element.removeAttribute('sightline-m');
    else element.setAttribute('sightline-m', `${state.m}`);
    if (name === 'input') {
      const input = element as HTMLInputElement;
      input.checked = state.k === 1;
      if (/^(submit|button|reset)$/.test(input.type)) {
        if (state.v === undefined) input.removeAttribute('value');
        else input.setAttribute('value', state.v);
      } else if (input.type !== 'file') input.value = state.v ?? '';
    } else if (name === 'textarea') (element as HTMLTextAreaElement).value = state.v ?? '';
    else if (name === 'select') {
      const option = this.#maker.createElement('option');
      option.textContent = state.v ?? MASK;
      element.replaceChildren(option);
    }
    const style = (element as HTMLElement).style as CSSStyleDeclaration | undefined;
    if (style === undefined) return;
    if (name === 'img')
      (element as HTMLImageElement).src = state.p === undefined ? EMPTY : this.#asset(state.p);
    else if (state.p !== undefined)
      style.background = `url("${this.#asset(state.p)}") 0 0 / 100% 100% no-repeat`;
    if (state.b !== undefined) {
      const [width, height] = state.b;
      if (width > 0 || height > 0) {
        style.boxSizing = 'border-box';
        style.width = `${width}px`;
        style.height = `${height}px`;
      }
      if (state.p === undefined && name !== 'iframe' && name !== 'canvas')
        style.backgroundColor = BOX;
    }
    const entry = this.#entries.get(this.#ids.get(element) ?? -1);
    if (entry !== undefined) this.#scrollTo(entry);
  }

  #scrollTo(entry: Entry): void {
    const [left, top] = entry.state.s ?? [0, 0];
    const element = entry.node as Element;
    if (!element.isConnected) return;
    if (element.scrollLeft !== left) element.scrollLeft = left;
    if (element.scrollTop !== top) element.scrollTop = top;
  }

  /** Frames that come up when they are in the page. */
  readonly #waiting = new Map<HTMLIFrameElement, () => void>();

  #bringWaitingUp(): void {
    for (const [frame, run] of this.#waiting) {
      if (!frame.isConnected) continue;
      this.#waiting.delete(frame);
      run();
    }
  }

  /**
   * Gives a frame an empty document of a layout mode. A `srcdoc` is always in standard mode, so the
   * others are written.
   */
  #bringUp(frame: HTMLIFrameElement, mode: 0 | 1 | 2, up: () => void): void {
    if (mode === 0) {
      frame.onload = up;
      frame.srcdoc = '<!doctype html>';
      return;
    }
    const page = frame.contentDocument;
    if (page === null) return;
    page.open();
    page.write(mode === 2 ? LIMITED : '<html>');
    page.close();
    up();
  }

  /** A shadow root, or the document of a frame. */
  #inner(entry: Entry, root: RootNode): void {
    const element = entry.node as HTMLElement;
    entry.root = root[1];
    if (root[2] === 's') {
      const shadow = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
      shadow.replaceChildren();
      this.#makeRoot(root, shadow);
      return;
    }
    const frame = element as HTMLIFrameElement;
    const made = this.#makeRoot(root, null);
    const up = (): void => {
      const inner = frame.contentDocument;
      if (inner !== null) this.#fill(made, inner);
    };
    if (frame.isConnected) this.#bringUp(frame, root[5], up);
    else this.#waiting.set(frame, () => this.#bringUp(frame, root[5], up));
  }

  #makeRoot(root: RootNode, into: ShadowRoot | null): Entry {
    const holder: Node = into ?? this.#maker.createDocumentFragment();
    const entry = this.#register(root[1], holder, 'root');
    for (const child of root[3]) {
      holder.appendChild(this.#make(child));
      entry.children.push(child[1]);
    }
    if (into !== null) this.#adopt(into, root[4]);
    else this.#pending.set(entry, root[4]);
    return entry;
  }
  readonly #pending = new WeakMap<Entry, readonly string[]>();

  /** Puts what was built into the document of a frame that has come up. */
  #fill(entry: Entry, page: Document): void {
    const id = this.#ids.get(entry.node);
    if (id === undefined) return;
    for (const child of [...page.childNodes]) if (child.nodeType !== 10) child.remove();
    for (const child of [...entry.node.childNodes]) page.appendChild(page.adoptNode(child));
    const filled: Entry = { ...entry, node: page };
    this.#entries.set(id, filled);
    this.#ids.set(page, id);
    this.#adopt(page, this.#pending.get(entry) ?? []);
    const own = new (page.defaultView as Window & typeof globalThis).CSSStyleSheet();
    own.replaceSync(OWN_CSS);
    page.adoptedStyleSheets = [...page.adoptedStyleSheets, own];
    this.#settleTree(entry.children);
    this.#bringWaitingUp();
  }

  #adopt(root: Node, hashes: readonly string[]): void {
    const page = root.nodeType === 9 ? (root as Document) : root.ownerDocument;
    const holder = root as Document | ShadowRoot;
    if (hashes.length === 0 && holder.adoptedStyleSheets.length === 0) return;
    void Promise.all(hashes.map((hash) => this.#textOf(hash))).then((texts) => {
      // The tree may have moved into the document of a frame meanwhile.
      const view = (root.nodeType === 9 ? page : root.ownerDocument)?.defaultView as
        | (Window & typeof globalThis)
        | null
        | undefined;
      if (view == null) {
        setTimeout(() => this.#adopt(root, hashes), 50);
        return;
      }
      holder.adoptedStyleSheets = texts.map((text) => {
        const sheet = new view.CSSStyleSheet({ baseURL: this.#assets } as CSSStyleSheetInit);
        sheet.replaceSync(text);
        return sheet;
      });
    });
  }

  #textOf(hash: string): Promise<string> {
    let text = this.#sheets.get(hash);
    if (text === undefined) {
      text = fetch(this.#asset(hash))
        .then((answer) => (answer.ok ? answer.text() : ''))
        .catch(() => '');
      this.#sheets.set(hash, text);
    }
    return text;
  }

  async #loaded(page: Document): Promise<void> {
    const links = [...page.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')].filter(
      (link) => link.sheet === null,
    );
    const each = links.map(
      (link) =>
        new Promise((resolve) => {
          link.addEventListener('load', resolve, { once: true });
          link.addEventListener('error', resolve, { once: true });
        }),
    );
    await Promise.race([
      Promise.all(each),
      new Promise((resolve) => setTimeout(resolve, SHEETS_WITHIN_MS)),
    ]);
  }

  #rescroll(): void {
    for (const entry of this.#entries.values())
      if (entry.state.s !== undefined) this.#scrollTo(entry);
    this.page?.defaultView?.scrollTo({
      left: this.#scroll[0],
      top: this.#scroll[1],
      behavior: 'instant',
    });
  }

  #view([width, height, left, top]: readonly [number, number, number, number]): void {
    this.width = width;
    this.height = height;
    this.#scroll = [left, top];
    const frame = this.#frame;
    if (frame === null) return;
    frame.style.width = `${width}px`;
    frame.style.height = `${height}px`;
    this.#sized(width, height);
    frame.contentWindow?.scrollTo({ left, top, behavior: 'instant' });
  }

  /** The shown node at a place of the viewport, through shadow roots and frames. */
  at(x: number, y: number): { id: NodeId; box: DOMRect } | null {
    let root: Document | ShadowRoot | null = this.page;
    let [left, top] = [0, 0];
    let found: Element | null = null;
    while (root !== null) {
      const element: Element | null = root.elementFromPoint(x - left, y - top);
      if (element === null || element === found) break;
      found = element;
      if (element.localName === 'iframe') {
        const box = element.getBoundingClientRect();
        left += box.left + (element as HTMLElement).clientLeft;
        top += box.top + (element as HTMLElement).clientTop;
        root = (element as HTMLIFrameElement).contentDocument;
      } else root = element.shadowRoot;
    }
    for (
      let at: Node | null = found;
      at !== null;
      at = at.parentNode ?? (at as ShadowRoot).host ?? null
    ) {
      const id = this.#ids.get(at);
      if (id === undefined || at.nodeType !== 1) continue;
      const box = (at as Element).getBoundingClientRect();
      return { id, box: new DOMRect(box.left + left, box.top + top, box.width, box.height) };
    }
    return null;
  }

  /** Where a node is in the viewport. */
  boxOf(id: NodeId): DOMRect | null {
    const node = this.#entries.get(id)?.node;
    if (node === undefined || node.nodeType !== 1 || !node.isConnected) return null;
    const box = (node as Element).getBoundingClientRect();
    let [left, top] = [0, 0];
    for (
      let frame = node.ownerDocument?.defaultView?.frameElement;
      frame != null && frame !== this.#frame;
      frame = frame.ownerDocument.defaultView?.frameElement
    ) {
      const outer = frame.getBoundingClientRect();
      left += outer.left + frame.clientLeft;
      top += outer.top + frame.clientTop;
    }
    return new DOMRect(box.left + left, box.top + top, box.width, box.height);
  }

  /** What a node is, for a support note: name, id, classes, role, text. */
  describe(id: NodeId): string {
    const node = this.#entries.get(id)?.node as Element | undefined;
    if (node === undefined || node.nodeType !== 1) return '';
    const classes = [...node.classList].map((name) => `.${name}`).join('');
    const text = (node.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 80);
    return `${node.localName}${node.id === '' ? '' : `#${node.id}`}${classes}${text === '' ? '' : ` “${text}”`}`;
  }
}
