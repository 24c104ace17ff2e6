// Watches the page and tells the gate where to look. Notes only *that* something changed; what is
// sent is read from the live page by the gate.

import type { PageRules } from '@sightline/protocol';
import { type AssetPort, Assets } from './assets';
import { editorAround } from './editors';
import { Gate, type MaskedEvent } from './gate';
import { Guests } from './guests';
import { Mirror } from './mirror';
import { Noted } from './noted';
import { newRoots, reachableRoots } from './reach';
import type { ReadyRules } from './rules';
import { SheetBook } from './sheets';
import { Stills } from './stills';
import { connected, parentOf, viewOf } from './tree';
import type { Changes, NodeId, Op, Snapshot } from './wire';

export interface RecorderOptions {
  readonly rules: ReadyRules;
  readonly port: AssetPort;
  readonly send: (event: MaskedEvent) => void;
  /** Our own elements, which are not part of the page. */
  readonly isOurs: (node: Node) => boolean;
  /** Closed shadow roots seen being made. */
  readonly closedRoots: WeakMap<Element, ShadowRoot>;
  /** A root begins to be shown: that of the page, of a component or of a frame. */
  readonly rootShown?: (root: Document | ShadowRoot) => void;
  /** What frames of other origins are asked by; without it they are not asked. */
  readonly guests?: { readonly tenant: string; rules(): PageRules | null };
}

const OBSERVE: MutationObserverInit = {
  subtree: true,
  childList: true,
  attributes: true,
  characterData: true,
};
/** Time between two looks at sheets and pictures that tell nobody when they change. */
const POLL_MS = 700;
/** Nothing new is sent sooner, so that what marks a node right after making it comes in time. */
const SETTLE_MS = 8;

export class Recorder {
  readonly gate: Gate;
  readonly mirror: Mirror;
  readonly #options: RecorderOptions;
  readonly #assets: Assets;
  readonly #sheets: SheetBook;
  readonly #observer: MutationObserver;
  readonly #roots = new Set<Document | ShadowRoot>();
  readonly #noted = new Noted();
  readonly #stop = new AbortController();
  readonly #guests: Guests | null;
  readonly #stills: Stills;
  #timer = 0;
  #poll = 0;
  #started = false;
  #paused = false;
  #view = '';
  /** How long the last snapshot held up the page, in milliseconds. */
  blockMs = 0;
  /** Looks at what tells nobody when it changes, so far. */
  looks = 0;
  /** Snapshots and changes sent so far. */
  events = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#assets = new Assets(options.port, () => this.#assetsChanged());
    this.gate = new Gate(
      options.rules,
      (url, base) => this.#assets.ofUrl(url, base),
      options.closedRoots,
    );
    this.#sheets = new SheetBook(
      this.gate,
      this.#assets,
      (owner) => this.#sheetChanged(owner),
      () => {
        this.#noted.all = true;
        this.#later();
      },
      this.#stop.signal,
    );
    this.mirror = new Mirror(this.gate, this.#sheets, options.isOurs, (root) => this.#watch(root));
    this.#stills = new Stills(
      this.gate,
      this.#assets,
      () => !this.#stop.signal.aborted && !this.#paused,
      (canvas) => {
        this.#noted.elements.add(canvas);
        this.#later();
      },
    );
    this.#guests =
      options.guests === undefined
        ? null
        : new Guests(
            {
              ...options.guests,
              gate: this.gate,
              mirror: this.mirror,
              assets: options.port,
              send: (ops) => this.#started && !this.#paused && this.#send(ops),
            },
            this.#stop.signal,
          );
    this.#observer = new MutationObserver((records) => {
      if (this.#note(records)) this.#later();
    });
  }

  /** Begins: style sheets first, because they decide which names may travel. */
  async start(): Promise<void> {
    this.gate.look();
    this.#lookAtSheets(document);
    const until = performance.now() + 2_500;
    while (this.#sheets.busy && performance.now() < until) await pause(15);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    if (this.#stop.signal.aborted) return;
    this.#started = true;
    this.snapshot();
    this.#poll = window.setInterval(() => this.#lookAround(), POLL_MS);
  }

  /** True while something that was seen is not sent yet. */
  get busy(): boolean {
    return (
      !this.#started ||
      this.#timer !== 0 ||
      this.#stills.busy ||
      this.#sheets.busy ||
      this.#assets.busy
    );
  }

  #send(body: Snapshot | Changes): void {
    this.events++;
    this.#options.send(this.gate.seal(body));
  }

  #lookAtSheets(root: Document | ShadowRoot): void {
    this.#sheets.look(root);
    for (const element of root.querySelectorAll('*')) {
      const inner = this.gate.rootIn(element);
      if (inner !== null) this.#lookAtSheets(inner);
    }
  }

  stop(): void {
    this.#stop.abort();
    this.#observer.disconnect();
    clearInterval(this.#poll);
    clearTimeout(this.#timer);
    this.#started = false;
  }

  /** Sends nothing until `resume`. */
  pause(): void {
    this.#paused = true;
    this.#guests?.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#started) this.snapshot();
  }

  /** Sends the whole page. */
  snapshot(): void {
    if (!this.#started || this.#paused) return;
    const began = performance.now();
    try {
      this.#observer.disconnect();
      this.#roots.clear();
      this.#noted.clear();
      this.gate.look();
      for (const root of reachableRoots(this.gate, document)) this.gate.findMarks(root);
      this.gate.look();
      const root = this.mirror.snapshot(document);
      const view = viewOf();
      this.#view = view.join();
      this.#send({ root, view });
      this.#guests?.again();
    } catch {
      // A page that cannot be judged is not shown.
      window.setTimeout(() => this.snapshot(), 1_000);
    }
    this.blockMs = performance.now() - began;
  }

  /** The customer hides an element. */
  hide(element: Element): void {
    this.gate.hide(element);
    this.#showAnew(element);
  }

  /** A root came into being inside an element. */
  rootAdded(host: Element): void {
    this.#noted.elements.add(host);
    this.#later();
  }

  #watch(root: Document | ShadowRoot): void {
    if (this.#roots.has(root)) return;
    this.#roots.add(root);
    this.#observer.observe(root, OBSERVE);
    this.#options.rootShown?.(root);
    this.#sheets.look(root);
    const options = { capture: true, passive: true, signal: this.#stop.signal } as const;
    const touched = (event: Event): void => {
      const target = event.composedPath()[0];
      if (!(target instanceof Node) && (target as Node | undefined)?.nodeType === undefined) return;
      this.#touched(target as Node, event.type);
    };
    for (const type of ['input', 'change', 'scroll', 'load', 'toggle'])
      root.addEventListener(type, touched, options);
    const typed = (event: Event): void => {
      const target = event.composedPath()[0] as Node | undefined;
      const editor = target?.nodeType === 1 ? editorAround(target as Element) : null;
      if (editor !== null) this.#showAnew(editor);
    };
    // Before the page draws what was typed.
    for (const type of ['keydown', 'beforeinput', 'compositionstart', 'paste', 'input'])
      root.addEventListener(type, typed, options);
  }

  #touched(node: Node, type: string): void {
    if (node.nodeType === 9) {
      this.#later();
      return;
    }
    const element = node as Element;
    if (type === 'input' || type === 'change') this.gate.rememberField(element);
    if (type === 'load' && /^(link|style)$/.test(element.localName)) {
      const root = element.getRootNode();
      if (root.nodeType === 9 || root.nodeType === 11)
        this.#sheets.look(root as Document | ShadowRoot);
    }
    this.#noted.elements.add(element);
    if (type === 'change' && (element as HTMLInputElement).type === 'radio') {
      for (const each of (element as HTMLInputElement).form?.elements ?? [])
        this.#noted.elements.add(each);
    }
    this.#later();
  }

  /** Notes where to look. True when there is something of the page among it. */
  #note(records: readonly MutationRecord[]): boolean {
    const { isOurs } = this.#options;
    return this.#noted.take(records, isOurs, (style) => this.#styleTouched(style));
  }

  #styleTouched(style: Node): void {
    const root = style.getRootNode();
    if (root.nodeType === 9 || root.nodeType === 11)
      this.#sheets.look(root as Document | ShadowRoot);
  }

  #later(): void {
    if (this.#timer === 0 && this.#started)
      this.#timer = window.setTimeout(() => this.#afterFrame(), SETTLE_MS);
  }

  /**
   * After the page had its frame, so that marks that come with the frame are there. A tab in the
   * background has no frames: what the customer does not see is not sent.
   */
  #afterFrame(): void {
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.#timer = 0;
        this.#flush();
      }),
    );
  }

  #flush(): void {
    if (!this.#started || this.#paused) return;
    this.#note(this.#observer.takeRecords());
    try {
      this.gate.look();
      const ops: Op[] = [];
      // What new roots hide is known before anything is read that may repeat it.
      const noted = [...this.#noted.children, ...this.#noted.elements];
      for (const root of newRoots(this.gate, noted, this.#roots, this.#options.closedRoots))
        this.gate.findMarks(root);
      for (const root of this.#roots) {
        if (!connected(root)) {
          this.#roots.delete(root);
          continue;
        }
        for (const element of this.gate.findMarks(root)) this.#showAnew(element);
      }
      this.gate.look();
      for (const node of this.#noted.children) {
        const shown = this.#shown(node);
        if (shown !== null) this.mirror.children(shown, ops);
      }
      if (this.#noted.all)
        for (const each of this.mirror.elements()) this.#noted.elements.add(each);
      for (const element of this.#noted.elements) {
        if (this.mirror.has(element)) this.mirror.element(element, ops);
        else {
          const shown = this.#shown(element);
          if (shown !== null && shown.nodeType === 1) this.mirror.children(shown, ops);
        }
      }
      for (const text of this.#noted.texts) {
        if (this.mirror.has(text)) this.mirror.text(text, ops);
        else {
          const shown = this.#shown(text);
          if (shown !== null) this.mirror.children(shown, ops);
        }
      }
      for (const root of this.#noted.adopted) this.mirror.adopted(root, ops);
      this.mirror.settle();
      this.#noted.clear();
      const view = viewOf();
      if (view.join() !== this.#view) {
        this.#view = view.join();
        ops.push(['w', ...view]);
      }
      if (ops.length > 0) this.#send(ops);
    } catch {
      // The event is dropped; what the replay lacks by it comes with a new snapshot.
      this.#noted.clear();
      window.setTimeout(() => this.snapshot(), 500);
    }
  }

  /** The nearest node that is shown. */
  #shown(node: Node): Node | null {
    for (let at: Node | null = node; at !== null; at = parentOf(at))
      if (this.mirror.has(at)) return at;
    return null;
  }

  #showAnew(element: Element): void {
    const above = this.mirror.forget(element);
    if (above !== null) {
      this.#noted.children.add(above);
      this.#later();
    }
  }

  #sheetChanged(owner: Element | Document | ShadowRoot): void {
    this.#noted.all = true;
    if (owner.nodeType === 1) {
      this.#noted.elements.add(owner as Element);
      if (owner.parentNode !== null) this.#noted.children.add(owner.parentNode);
    } else this.#noted.adopted.add(owner as Document | ShadowRoot);
    this.#later();
  }

  #assetsChanged(): void {
    for (const root of this.#roots) {
      for (const picture of root.querySelectorAll('img')) this.#noted.elements.add(picture);
      for (const styled of root.querySelectorAll('[style*="url("]'))
        this.#noted.elements.add(styled);
    }
    this.#later();
  }

  /** Sheets changed by script, pictures on canvases, roots of frames: nothing tells of them. */
  #lookAround(): void {
    if (this.#paused || document.hidden) return;
    this.looks++;
    this.gate.look();
    this.#guests?.look(this.#frames());
    for (const root of this.#roots) {
      this.#sheets.look(root);
      this.#noted.adopted.add(root);
      for (const frame of root.querySelectorAll('iframe,frame')) this.#noted.elements.add(frame);
      for (const canvas of root.querySelectorAll('canvas'))
        if (this.mirror.has(canvas)) this.#stills.take(canvas);
    }
    this.#later();
  }

  *#frames(): Iterable<HTMLIFrameElement> {
    for (const root of this.#roots) yield* root.querySelectorAll('iframe');
  }

  /** The element with a number. */
  elementOf(id: NodeId): Element | null {
    const node = this.mirror.node(id);
    return node?.nodeType === 1 ? (node as Element) : null;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
