// The customer's own hand on the mouse: the agent sees where it is, and moving it takes control back.

import type { PagePointer } from '@sightline/protocol';
import type { Recorder } from './recorder';

/** Pixels that the customer moves the mouse to take control back. */
const TAKE_BACK_PX = 60;
/** A movement that is longer ago is another one. */
const ONE_MOVEMENT_MS = 1_000;
const POINTER_EVERY_MS = 50;

export interface HandHost {
  /** The element of our own panel. */
  readonly panel: Element;
  recorder(): Recorder | null;
  /** True while an agent may act. */
  controlled(): boolean;
  /** True while pointers may be told. */
  shared(): boolean;
  takeBack(): void;
  say(pointer: PagePointer): void;
}

export class Hand {
  readonly #host: HandHost;
  #origin: { x: number; y: number; at: number } | null = null;
  #saidAt = 0;

  constructor(host: HandHost, signal: AbortSignal) {
    this.#host = host;
    window.addEventListener('pointermove', (event) => this.#moved(event), {
      signal,
      passive: true,
      capture: true,
    });
  }

  /** Movements so far do not count. */
  rest(): void {
    this.#origin = null;
  }

  #moved(event: PointerEvent): void {
    const host = this.#host;
    const recorder = host.recorder();
    if (!event.isTrusted || recorder === null) return;
    const { clientX: x, clientY: y, timeStamp } = event;
    if (host.controlled() && !event.composedPath().includes(host.panel)) {
      if (this.#origin === null || timeStamp - this.#origin.at > ONE_MOVEMENT_MS)
        this.#origin = { x, y, at: timeStamp };
      else if (Math.hypot(x - this.#origin.x, y - this.#origin.y) > TAKE_BACK_PX) host.takeBack();
    }
    if (timeStamp - this.#saidAt < POINTER_EVERY_MS || !host.shared()) return;
    this.#saidAt = timeStamp;
    const target = event.composedPath()[0];
    const node = target instanceof Element ? recorder.mirror.idOf(target) : null;
    const element = node === null ? null : recorder.elementOf(node);
    const box = element?.getBoundingClientRect();
    host.say(
      box === undefined || box.width === 0
        ? { node: null, x: Math.round(x), y: Math.round(y), visible: true }
        : {
            node,
            x: share((x - box.left) / box.width),
            y: share((y - box.top) / box.height),
            visible: true,
          },
    );
  }
}

const share = (value: number): number => Math.round(value * 1000) / 1000;
