// What was sent: the page as the replay has it. Compares it with what the gate shows now and writes
// the difference. It holds only what passed the gate.

import type { ElementView, Gate } from './gate';
import { isNever, parentOf } from './tree';
import {
  type Attributes,
  type Child,
  type Masked,
  type NodeId,
  type NodeState,
  type Op,
  PAGE,
  type RootNode,
  type WireNode,
} from './wire';

/** What the mirror asks about style sheets. */
export interface Sheets {
  /** Hash and media query of the sheet that an element holds; null while it has none. */
  of(owner: Element): { hash: Masked; media: Masked } | null;
  adopted(root: Document | ShadowRoot): Masked[];
}

interface Entry {
  readonly id: NodeId;
  readonly node: Node;
  parent: Entry | null;
  attributes: Attributes;
  state: NodeState;
  stateText: string;
  inside: ElementView['inside'];
  text: Masked | '';
  media: Masked | '';
  children: Entry[];
  root: Entry | null;
  adopted: string;
}

export class Mirror {
  readonly #gate: Gate;
  readonly #sheets: Sheets;
  #byNode = new Map<Node, Entry>();
  #byId = new Map<NodeId, Entry>();
  #maskOf = new WeakMap<Node, Node>();
  #next = PAGE;
  readonly #skip: (node: Node) => boolean;
  /** Called for each root that begins to be shown. */
  readonly #onRoot: (root: Document | ShadowRoot) => void;

  constructor(
    gate: Gate,
    sheets: Sheets,
    skip: (node: Node) => boolean,
    onRoot: (root: Document | ShadowRoot) => void,
  ) {
    this.#gate = gate;
    this.#sheets = sheets;
    this.#skip = skip;
    this.#onRoot = onRoot;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The page's node with a number, when it is shown. */
  node(id: NodeId): Node | null {
    return this.#byId.get(id)?.node ?? null;
  }

  /** The number of a shown node itself. */
  numberOf(node: Node): NodeId | null {
    return this.#byNode.get(node)?.id ?? null;
  }

  /** The number of the nearest shown node. */
  idOf(node: Node): NodeId | null {
    for (let at: Node | null = node; at !== null; at = parentOf(at)) {
      const entry = this.#byNode.get(at);
      if (entry !== undefined && entry.node.nodeType === 1) return entry.id;
    }
    return null;
  }

  has(node: Node): boolean {
    return this.#byNode.has(node);
  }

  /** Every shown element. */
  *elements(): Iterable<Element> {
    for (const { node } of this.#byId.values()) if (node.nodeType === 1) yield node as Element;
  }

  /** Begins anew with the whole page. */
  snapshot(page: Document): RootNode {
    this.#byNode = new Map();
    this.#byId = new Map();
    this.#next = PAGE;
    return this.#root(page, null);
  }

  /** Forgets a node and what is in it, so that it is shown anew. Returns the place it had. */
  forget(node: Node): Node | null {
    const entry = this.#byNode.get(node);
    if (entry === undefined) return null;
    const above = entry.parent;
    this.#drop(entry);
    return above?.node ?? null;
  }

  #drop(entry: Entry): void {
    if (this.#byId.get(entry.id) !== entry) return;
    this.#byId.delete(entry.id);
    if (this.#byNode.get(entry.node) === entry) this.#byNode.delete(entry.node);
    for (const child of entry.children) this.#drop(child);
    if (entry.root !== null) this.#drop(entry.root);
  }

  #entry(node: Node, parent: Entry | null): Entry {
    const entry: Entry = {
      id: this.#next++,
      node,
      parent,
      attributes: {},
      state: {},
      stateText: '{}',
      inside: 'nodes',
      text: '',
      media: '',
      children: [],
      root: null,
      adopted: '',
    };
    this.#byId.set(entry.id, entry);
    this.#byNode.set(node, entry);
    return entry;
  }

  #root(root: Document | ShadowRoot, parent: Entry | null): RootNode {
    const entry = this.#entry(root, parent);
    this.#onRoot(root);
    const children = this.#encodeChildren(entry);
    const adopted = this.#sheets.adopted(root);
    entry.adopted = adopted.join();
    const quirks = root.nodeType === 9 ? layoutMode(root as Document) : 0;
    return [9, entry.id, root.nodeType === 9 ? 'd' : 's', children, adopted, quirks];
  }

  /** Nodes of the page that stand inside a shown one. */
  #inner(entry: Entry): Node[] {
    const { node } = entry;
    if (entry.inside === 'none') return [];
    if (entry.inside === 'mask') return [this.#mask(node)];
    const out: Node[] = [];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      const kind = child.nodeType;
      if (kind === 3 || (kind === 1 && !isNever(child as Element) && !this.#skip(child)))
        out.push(child);
    }
    return out;
  }

  /** A text of our own that stands for everything in a masked line. It is in no document. */
  #mask(node: Node): Node {
    let text = this.#maskOf.get(node);
    if (text === undefined) {
      text = document.createTextNode('');
      this.#maskOf.set(node, text);
      this.#masks.add(text);
    }
    return text;
  }
  readonly #masks = new WeakSet<Node>();

  #encodeChildren(entry: Entry): WireNode[] {
    const out: WireNode[] = [];
    for (const child of this.#inner(entry)) {
      const encoded = this.#encode(child, entry);
      if (encoded === null) continue;
      out.push(encoded);
      const shown = this.#byNode.get(child);
      if (shown !== undefined) entry.children.push(shown);
    }
    return out;
  }

  #encode(node: Node, parent: Entry): WireNode | null {
    if (this.#masks.has(node)) {
      const entry = this.#entry(node, parent);
      entry.text = this.#gate.mask();
      return [3, entry.id, entry.text];
    }
    if (node.nodeType === 3) {
      const text = this.#gate.text(node as Text);
      if (text === null) return null;
      const entry = this.#entry(node, parent);
      entry.text = text;
      return [3, entry.id, text];
    }
    const element = node as Element;
    const name = element.localName;
    if (name === 'style' || name === 'link') {
      const sheet = this.#sheets.of(element);
      if (sheet === null) return null;
      const entry = this.#entry(node, parent);
      entry.text = sheet.hash;
      entry.media = sheet.media;
      return [2, entry.id, sheet.hash, sheet.media];
    }
    const view = this.#gate.element(element);
    if (view === null) return null;
    const entry = this.#entry(node, parent);
    entry.attributes = view.attributes;
    entry.state = view.state;
    entry.stateText = JSON.stringify(view.state);
    entry.inside = view.inside;
    const children = this.#encodeChildren(entry);
    const inner = this.#gate.rootIn(element);
    let root: RootNode | null = null;
    if (inner !== null) {
      root = this.#root(inner, entry);
      entry.root = this.#byNode.get(inner) ?? null;
    }
    return [1, entry.id, view.name, view.attributes, view.state, children, root];
  }

  /** What changed in an element beside its children. */
  element(element: Element, ops: Op[]): void {
    const entry = this.#byNode.get(element);
    if (entry === undefined) return;
    const name = element.localName;
    if (name === 'style' || name === 'link') {
      const sheet = this.#sheets.of(element);
      const media = sheet === null ? this.#gate.name('not all') : sheet.media;
      const hash = sheet === null ? entry.text : sheet.hash;
      if (hash === '' || media === null || (hash === entry.text && media === entry.media)) return;
      entry.text = hash;
      entry.media = media;
      ops.push(['h', entry.id, hash, media]);
      return;
    }
    const view = this.#gate.element(element);
    if (view === null) return;
    const changed: Record<string, Masked | null> = {};
    for (const [key, value] of Object.entries(view.attributes)) {
      if (entry.attributes[key] !== value) changed[key] = value;
    }
    for (const key of Object.keys(entry.attributes)) {
      if (!(key in view.attributes)) changed[key] = null;
    }
    entry.attributes = view.attributes;
    if (Object.keys(changed).length > 0) ops.push(['a', entry.id, changed]);
    const stateText = JSON.stringify(view.state);
    if (stateText !== entry.stateText) {
      entry.state = view.state;
      entry.stateText = stateText;
      ops.push(['x', entry.id, view.state]);
    }
    if (view.inside !== entry.inside) {
      entry.inside = view.inside;
      this.children(element, ops);
    }
    const inner = this.#gate.rootIn(element);
    if ((entry.root?.node ?? null) !== inner) {
      if (entry.root !== null) this.#drop(entry.root);
      entry.root = null;
      let root: RootNode | null = null;
      if (inner !== null) {
        root = this.#root(inner, entry);
        entry.root = this.#byNode.get(inner) ?? null;
      }
      ops.push(['i', entry.id, root]);
    }
  }

  text(node: Text, ops: Op[]): void {
    const entry = this.#byNode.get(node);
    if (entry === undefined) return;
    const text = this.#gate.text(node);
    if (text === null || text === entry.text) return;
    entry.text = text;
    ops.push(['t', entry.id, text]);
  }

  adopted(root: Document | ShadowRoot, ops: Op[]): void {
    const entry = this.#byNode.get(root);
    if (entry === undefined) return;
    const adopted = this.#sheets.adopted(root);
    const text = adopted.join();
    if (text === entry.adopted) return;
    entry.adopted = text;
    ops.push(['r', entry.id, adopted]);
  }

  /** What changed among the children of a node. */
  children(node: Node, ops: Op[]): void {
    const entry = this.#byNode.get(node);
    if (entry === undefined) return;
    if (node.nodeType === 1) {
      // What stands inside may have turned from nodes into one line, or back.
      const view = this.#gate.element(node as Element);
      if (view === null) return;
      entry.inside = view.inside;
    }
    const now = this.#inner(entry);
    const before = entry.children;
    let from = 0;
    while (from < now.length && from < before.length && this.#same(before[from], now[from], entry))
      from++;
    let back = 0;
    while (
      back < now.length - from &&
      back < before.length - from &&
      this.#same(before.at(-1 - back), now.at(-1 - back), entry)
    ) {
      back++;
    }
    const gone = before.slice(from, before.length - back);
    const come = now.slice(from, now.length - back);
    if (gone.length === 0 && come.length === 0) return;
    const stay = new Set(come);
    for (const each of gone) {
      // A node that stands elsewhere now keeps its number; it is fetched from there.
      const elsewhere =
        each.node.isConnected && !stay.has(each.node) && !this.#masks.has(each.node);
      if (elsewhere) this.#moved.add(each);
      else if (!stay.has(each.node)) this.#drop(each);
    }
    const children: Child[] = [];
    const entries: Entry[] = [];
    for (const each of come) {
      const known = this.#byNode.get(each);
      if (known !== undefined && this.#byId.get(known.id) === known && this.#mayStay(known)) {
        if (known.parent !== null && known.parent !== entry) {
          known.parent.children = known.parent.children.filter((child) => child !== known);
        }
        known.parent = entry;
        children.push(known.id);
        entries.push(known);
        continue;
      }
      if (known !== undefined) this.#drop(known);
      const encoded = this.#encode(each, entry);
      if (encoded === null) continue;
      children.push(encoded);
      const shown = this.#byNode.get(each);
      if (shown !== undefined) entries.push(shown);
    }
    if (gone.length === 0 && children.length === 0) return;
    entry.children = [...before.slice(0, from), ...entries, ...before.slice(before.length - back)];
    ops.push(['c', entry.id, from, gone.length, children]);
  }

  /** After a look: what was taken away and is shown nowhere else is forgotten. */
  settle(): void {
    for (const entry of this.#moved) {
      if (entry.parent?.children.includes(entry) !== true) this.#drop(entry);
    }
    this.#moved.clear();
  }
  readonly #moved = new Set<Entry>();

  /** A node that moved into or out of a hidden place is shown anew. */
  #mayStay(entry: Entry): boolean {
    if (entry.node.nodeType === 3)
      return this.#masks.has(entry.node) || this.#gate.text(entry.node as Text) === entry.text;
    return entry.node.nodeType !== 1 || (entry.state.m ?? 0) === this.#gate.level(entry.node);
  }

  #same(entry: Entry | undefined, node: Node | undefined, parent: Entry): boolean {
    return (
      entry !== undefined &&
      entry.node === node &&
      entry.parent === parent &&
      this.#byId.get(entry.id) === entry
    );
  }
}

/** How the browser lays the document out (HTML, "tree construction", initial insertion mode). */
function layoutMode(page: Document): 0 | 1 | 2 {
  if (page.compatMode === 'BackCompat') return 1;
  const { publicId = '', systemId = '' } = page.doctype ?? {};
  if (/^-\/\/W3C\/\/DTD XHTML 1\.0 (frameset|transitional)\/\//i.test(publicId)) return 2;
  return systemId !== '' &&
    /^-\/\/W3C\/\/DTD HTML 4\.01 (frameset|transitional)\/\//i.test(publicId)
    ? 2
    : 0;
}
