// What runs while the page may be seen: the recorder, the executor of commands, what lies over the
// page, and the customer's hand on the mouse.

import type { ControlKind, PageRules } from '@sightline/protocol';
import { Executor } from './executor';
import { Hand } from './hand';
import type { Link } from './link';
import type { PageDrawing } from './marks';
import { PageOverlay } from './overlay';
import type { Panel } from './panel';
import { Recorder } from './recorder';
import type { ReadyRules } from './rules';

/** Time between two looks at what is to be hatched. */
const HATCH_MS = 400;

/** Who shares. */
export interface SharingHost {
  readonly panel: Panel;
  readonly link: Link;
  readonly tenant: string;
  readonly closedRoots: WeakMap<Element, ShadowRoot>;
  rules(): PageRules | null;
  /** True while nothing may be sent. */
  paused(): boolean;
  /** True once the tab has said that it goes elsewhere. */
  leaving(): boolean;
  takeBack(): void;
  /** Goes to an address of the company. */
  go(url: string): void;
}

export class Sharing {
  readonly #host: SharingHost;
  readonly #signal: AbortSignal;
  recorder: Recorder | null = null;
  executor: Executor | null = null;
  overlay: PageOverlay | null = null;
  #hand: Hand | null = null;
  #hatching = 0;
  #drawings: readonly PageDrawing[] = [];

  constructor(host: SharingHost, signal: AbortSignal) {
    this.#host = host;
    this.#signal = signal;
  }

  get grants(): readonly ControlKind[] {
    return this.executor?.grants ?? [];
  }

  /** From here on the page is seen. */
  begin(ready: ReadyRules): void {
    const { panel, link, tenant, closedRoots } = this.#host;
    this.#stopParts();
    const recorder = new Recorder({
      rules: ready,
      port: link,
      send: (event) => link.send(event),
      isOurs: (node) => node === panel.host,
      closedRoots,
      rootShown: (root) => this.executor?.learn(root),
      guests: { tenant, rules: () => this.#host.rules() },
    });
    this.recorder = recorder;
    this.executor = new Executor(recorder, ready, {
      origins: () => this.#host.rules()?.origins ?? [],
      revoked: () => this.#host.takeBack(),
      go: (url) => this.#host.go(url),
    });
    this.executor.learn(document);
    this.overlay = new PageOverlay(panel, recorder);
    this.overlay.drawings(this.#drawings);
    if (this.#host.paused()) recorder.pause();
    void recorder.start().then(() => this.where());
    if (this.#hatching === 0) this.#watch();
  }

  #watch(): void {
    const signal = this.#signal;
    this.#hatching = window.setInterval(() => this.overlay?.hatch(), HATCH_MS);
    document.addEventListener('visibilitychange', () => this.where(), { signal });
    window.addEventListener('focus', () => this.where(), { signal });
    const { panel, link } = this.#host;
    this.#hand = new Hand(
      {
        panel: panel.host,
        recorder: () => this.recorder,
        controlled: () => this.grants.length > 0,
        shared: () => this.recorder !== null && !this.#host.paused(),
        takeBack: () => this.#host.takeBack(),
        say: (pointer) => link.say({ type: 'pointer', pointer }),
      },
      signal,
    );
    // A page that comes back from the browser's memory has lost its socket's turn.
    window.addEventListener('pageshow', (event) => event.persisted && location.reload(), {
      signal,
    });
  }

  /** Tells where the tab is. */
  where(): void {
    const { recorder } = this;
    // Where the customer goes during a pause is nobody's business.
    if (recorder === null || this.#host.paused() || this.#host.leaving()) return;
    recorder.gate.look();
    const { title, url } = recorder.gate.place(document, location.href);
    this.#host.link.say({ type: 'where', title, url, front: !document.hidden });
  }

  /** After a pause: what is there now is shown. */
  resume(): void {
    this.recorder?.resume();
    this.where();
  }

  drawings(drawings: readonly PageDrawing[]): void {
    this.#drawings = drawings;
    this.overlay?.drawings(drawings);
  }

  grant(kinds: readonly ControlKind[]): void {
    this.executor?.grant(kinds);
    this.#hand?.rest();
  }

  hide(element: Element | null): void {
    if (element !== null) this.recorder?.hide(element);
    this.overlay?.hatch();
  }

  #stopParts(): void {
    this.recorder?.stop();
    this.executor?.stop();
    this.overlay?.stop();
  }

  stop(): void {
    clearInterval(this.#hatching);
    this.#stopParts();
    this.recorder = null;
  }
}
