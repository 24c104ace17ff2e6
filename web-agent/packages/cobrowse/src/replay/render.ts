// Builds the page again from snapshots and changes, in a frame that runs no scripts.

import type {
  Attributes,
  Changes,
  Child,
  NodeId,
  NodeState,
  RootNode,
  Snapshot,
  WireNode,
} from '../wire';
import { Dresser } from './dress';
import { boxIn, elementAt } from './places';
import { AdoptedSheets, sheetsLoaded } from './sheets';

const LIMITED =
  '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd"><html>';

interface Entry {
  readonly node: Node;
  readonly kind: 'element' | 'text' | 'sheet' | 'root';
  children: NodeId[];
  state: NodeState;
  root: NodeId | null;
}

export class Renderer {
  readonly #stage: HTMLElement;
  readonly #dresser: Dresser;
  readonly #adopted: AdoptedSheets;
  readonly #sized: (width: number, height: number) => void;
  #frame: HTMLIFrameElement | null = null;
  #entries = new Map<NodeId, Entry>();
  #ids = new WeakMap<Node, NodeId>();
  #maker: Document;
  #scroll: readonly [number, number] = [0, 0];
  width = 1280;
  height = 720;

  constructor(stage: HTMLElement, assets: string, sized: (width: number, height: number) => void) {
    this.#stage = stage;
    this.#dresser = new Dresser(assets);
    this.#adopted = new AdoptedSheets(assets);
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
      void sheetsLoaded(page, this.#adopted).then(() => {
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
        this.#dresser.sheet(entry.node as HTMLLinkElement, op[2], op[3]);
        break;
      case 'r':
        this.#adopted.adopt(entry.node as Document | ShadowRoot, op[2]);
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
    this.#adopted.settle();
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
      this.#dresser.sheet(link, node[2], node[3]);
      return link;
    }
    const [, id, name, attributes, state, children, root] = node;
    const element = this.#dresser.element(this.#maker, name);
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

  #attribute(element: Element, name: string, value: string | null): void {
    this.#dresser.attribute(element, name, value);
    // What stands for a picture or a frame is part of the style.
    if (name !== 'style') return;
    const entry = this.#entries.get(this.#ids.get(element) ?? -1);
    if (entry !== undefined) this.#state(element, entry.state);
  }

  #state(element: Element, state: NodeState): void {
    this.#dresser.state(element, state);
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
    if (into !== null) this.#adopted.adopt(into, root[4]);
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
    this.#adopted.adopt(page, this.#pending.get(entry) ?? []);
    this.#adopted.settle();
    this.#settleTree(entry.children);
    this.#bringWaitingUp();
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
    return this.#nearest(elementAt(this.page, x, y)?.element ?? null);
  }

  /** The element around another one. */
  around(id: NodeId): { id: NodeId; box: DOMRect } | null {
    const node = this.#entries.get(id)?.node;
    return this.#nearest(node?.parentNode ?? null);
  }

  /** The next shown element in a direction of the tree: out, in, or among brothers. */
  next(id: NodeId, key: string): { id: NodeId; box: DOMRect } | null {
    if (key === 'ArrowUp') return this.around(id);
    let at = this.#entries.get(id)?.node as Element | null | undefined;
    do {
      if (key === 'ArrowDown') at = at?.firstElementChild;
      else at = key === 'ArrowLeft' ? at?.previousElementSibling : at?.nextElementSibling;
      const found = at == null ? undefined : this.#ids.get(at);
      if (at != null && found !== undefined) return { id: found, box: boxIn(at, this.#frame) };
    } while (at != null && key !== 'ArrowDown');
    return null;
  }

  #nearest(from: Node | null): { id: NodeId; box: DOMRect } | null {
    for (
      let at: Node | null = from;
      at !== null;
      at = at.parentNode ?? (at as ShadowRoot).host ?? null
    ) {
      const id = this.#ids.get(at);
      if (id === undefined || at.nodeType !== 1) continue;
      return { id, box: boxIn(at as Element, this.#frame) };
    }
    return null;
  }

  /** Where a node is in the viewport. */
  boxOf(id: NodeId): DOMRect | null {
    const node = this.#entries.get(id)?.node;
    if (node === undefined || node.nodeType !== 1 || !node.isConnected) return null;
    return boxIn(node as Element, this.#frame);
  }

  /** The element with a number. */
  element(id: NodeId): Element | null {
    const node = this.#entries.get(id)?.node;
    return node?.nodeType === 1 ? (node as Element) : null;
  }
}
