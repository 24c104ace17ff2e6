// Stands between an agent's commands and the controls that only the customer may activate, whatever
// way the page's scripts take from one to the other.

import type { Blocked } from './blocked';
import { parentOf } from './tree';

/** How long after a command the page's own scripts may still act because of it. */
const SHADOW_MS = 5_000;
/** A customer's gesture counts for so long, as the browser's own user activation does. */
const GESTURE_MS = 1_000;

export class Guard {
  readonly #blocked: Blocked;
  readonly #signal: AbortSignal;
  /** The customer pressed Escape. */
  readonly #escaped: () => void;
  #lastCommand = Number.NEGATIVE_INFINITY;
  #lastGesture = Number.NEGATIVE_INFINITY;
  #gestureOn: EventTarget[] = [];
  #commanding = 0;

  constructor(blocked: Blocked, escaped: () => void, signal: AbortSignal) {
    this.#blocked = blocked;
    this.#escaped = escaped;
    this.#signal = signal;
    this.#watch();
  }

  /** Carries out a command; what follows from it counts as the agent's doing for a while. */
  command<T>(run: () => T): T {
    this.#lastCommand = performance.now();
    this.#commanding++;
    try {
      return run();
    } finally {
      this.#commanding--;
    }
  }

  /**
   * Stands before the page's own listeners. While an agent commands, and for a while after, nothing
   * activates a blocked control but a trusted gesture of the customer on that very control.
   */
  #watch(): void {
    const options = { capture: true, signal: this.#signal } as const;
    for (const name of ['pointerdown', 'mousedown', 'keydown', 'touchstart'] as const) {
      window.addEventListener(
        name,
        (event) => {
          if (!event.isTrusted) return;
          this.#lastGesture = performance.now();
          this.#gestureOn = event.composedPath();
          if (name === 'keydown' && (event as KeyboardEvent).key === 'Escape') this.#escaped();
        },
        options,
      );
    }
    const refuse = (event: Event): void => {
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    for (const name of [
      'click',
      'auxclick',
      'mousedown',
      'mouseup',
      'pointerdown',
      'pointerup',
      'keydown',
      'keyup',
      'keypress',
      'dblclick',
    ] as const) {
      window.addEventListener(
        name,
        (event) => {
          const target = event.composedPath()[0];
          if (!this.#underCommand() || !isElement(target) || !this.#blocked.has(target)) return;
          if (event.isTrusted && (name !== 'click' || this.#ownGesture(target))) return;
          refuse(event);
        },
        options,
      );
    }
    window.addEventListener(
      'submit',
      (event) => {
        if (!this.#underCommand()) return;
        const { submitter } = event;
        if (event.isTrusted && submitter !== null && this.#ownGesture(submitter)) return;
        if (event.isTrusted && submitter === null && this.#ownGesture(event.target)) return;
        refuse(event);
      },
      options,
    );
    // Sending a form in whatever way is a navigation with the form's data (HTML, "navigate" event).
    const { navigation } = window as unknown as { navigation?: EventTarget };
    navigation?.addEventListener(
      'navigate',
      (event) => {
        const { formData, cancelable } = event as Event & { formData?: FormData | null };
        if (formData == null || !cancelable || !this.#underCommand()) return;
        if (performance.now() - this.#lastGesture > GESTURE_MS) event.preventDefault();
      },
      { signal: this.#signal },
    );
    this.#guardCalls();
  }

  #underCommand(): boolean {
    return this.#commanding > 0 || performance.now() - this.#lastCommand < SHADOW_MS;
  }

  /** True when the customer's own hand has just been on this control, or on what it stands in. */
  #ownGesture(target: EventTarget | null): boolean {
    if (target === null || performance.now() - this.#lastGesture > GESTURE_MS) return false;
    if (this.#commanding > 0) return false;
    if (this.#gestureOn.includes(target)) return true;
    const first = this.#gestureOn[0];
    if (!isElement(first)) return false;
    const label = closest(first, 'label') as HTMLLabelElement | null;
    const form = (first as HTMLInputElement).form ?? null;
    return (
      label?.control === target ||
      (form !== null && form === ((target as HTMLInputElement).form ?? target))
    );
  }

  /** Ways past events: scripts that send a form or click by a call. */
  #guardCalls(): void {
    const stand = <T extends object>(
      proto: T,
      name: keyof T & string,
      allowed: (self: Element) => boolean,
    ): void => {
      const original = proto[name];
      if (typeof original !== 'function') return;
      const guard = this;
      const guarded = function (this: Element, ...given: unknown[]): unknown {
        if (!guard.#signal.aborted && guard.#underCommand() && !allowed(this)) return undefined;
        return Reflect.apply(original as (...given: unknown[]) => unknown, this, given);
      };
      proto[name] = guarded as T[typeof name];
      this.#signal.addEventListener('abort', () => {
        if ((proto[name] as unknown) === guarded) proto[name] = original;
      });
    };
    stand(HTMLFormElement.prototype, 'submit', (form) => this.#ownGesture(form));
    stand(HTMLFormElement.prototype, 'requestSubmit', (form) => this.#ownGesture(form));
    stand(
      HTMLElement.prototype,
      'click',
      (element) => !this.#blocked.has(element) || this.#ownGesture(element),
    );
  }
}

export const isElement = (target: EventTarget | null | undefined): target is Element =>
  (target as Node | null | undefined)?.nodeType === 1;

/** The nearest element that a selector fits, through shadow hosts and frames. */
export function closest(from: Element, selector: string): Element | null {
  for (let at: Node | null = from; at !== null; at = parentOf(at)) {
    if (at.nodeType === 1 && (at as Element).matches(selector)) return at as Element;
  }
  return null;
}
