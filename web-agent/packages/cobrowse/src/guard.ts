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
    this.watch(document);
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
   * Stands before the page's own listeners. From an agent's command on, until the customer acts and
   * for a while after, nothing activates a blocked control but a trusted gesture of the customer on
   * that very control. A frame has a window of its own, and what happens inside a shadow root need
   * not come out of it, so each is watched.
   */
  watch(root: Document | ShadowRoot): void {
    const view = root.nodeType === 9 ? (root as Document).defaultView : null;
    const place = view ?? root;
    if (this.#watched.has(place)) return;
    this.#watched.add(place);
    const options = { capture: true, signal: this.#signal } as const;
    for (const name of ['pointerdown', 'mousedown', 'keydown', 'touchstart'] as const) {
      place.addEventListener(
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
    for (const name of ACTIVATING) {
      place.addEventListener(
        name,
        (event) => {
          const target = event.composedPath()[0];
          if (!this.#underCommand() || !isElement(target) || !this.#blocked.has(target)) return;
          if (event.isTrusted && (name !== 'click' || this.#ownGesture(target))) return;
          if (/^(change|input)$/.test(name) && !isTick(target)) return;
          refuse(event);
        },
        options,
      );
    }
    place.addEventListener(
      'submit',
      (event) => {
        if (!this.#underCommand()) return;
        const { submitter } = event as SubmitEvent;
        if (event.isTrusted && submitter !== null && this.#ownGesture(submitter)) return;
        if (event.isTrusted && submitter === null && this.#ownGesture(event.target)) return;
        refuse(event);
      },
      options,
    );
    if (view === null) return;
    // Sending a form in whatever way is a navigation with the form's data (HTML, "navigate" event);
    // one that is sent by GET is known by where it goes.
    const { navigation } = view as unknown as { navigation?: EventTarget };
    navigation?.addEventListener(
      'navigate',
      (event) => {
        const { formData, cancelable, destination } = event as NavigateLike;
        if (!cancelable || !this.#underCommand()) return;
        if (formData == null && !this.#isOfForm(destination.url, view.document)) return;
        if (performance.now() - this.#lastGesture > GESTURE_MS) event.preventDefault();
      },
      { signal: this.#signal },
    );
    this.#guardCalls(view as Window & typeof globalThis);
  }
  readonly #watched = new WeakSet<EventTarget>();

  /** True for an address that a form makes of its fields, and no link of the page has. */
  #isOfForm(url: string, page: Document): boolean {
    const [path = '', query] = url.split(/[?#]/);
    if (query === undefined) return false;
    for (const link of page.links) if (link.href === url) return false;
    for (const form of page.forms)
      if (HTMLFormElement.prototype.getAttribute.call(form, 'method')?.toLowerCase() !== 'post') {
        const action = HTMLFormElement.prototype.getAttribute.call(form, 'action') || page.URL;
        if (new URL(action, page.baseURI).href.split(/[?#]/)[0] === path) return true;
      }
    return false;
  }

  /** Until the customer acts, and for a while after, what happens may come from a command. */
  #underCommand(): boolean {
    return (
      this.#commanding > 0 ||
      this.#lastCommand > this.#lastGesture ||
      performance.now() - this.#lastCommand < SHADOW_MS
    );
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
  #guardCalls(view: Window & typeof globalThis): void {
    const stand = <T extends object>(
      proto: T,
      name: keyof T & string,
      allowed: (self: Element, first: unknown) => boolean,
    ): void => {
      const original = proto[name];
      if (typeof original !== 'function') return;
      const guard = this;
      const guarded = function (this: Element, ...given: unknown[]): unknown {
        if (!guard.#signal.aborted && guard.#underCommand() && !allowed(this, given[0]))
          return undefined;
        return Reflect.apply(original as (...given: unknown[]) => unknown, this, given);
      };
      proto[name] = guarded as T[typeof name];
      this.#signal.addEventListener('abort', () => {
        if ((proto[name] as unknown) === guarded) proto[name] = original;
      });
    };
    stand(view.HTMLFormElement.prototype, 'submit', (form) => this.#ownGesture(form));
    stand(view.HTMLFormElement.prototype, 'requestSubmit', (form) => this.#ownGesture(form));
    stand(
      view.HTMLElement.prototype,
      'click',
      (element) => !this.#blocked.has(element) || this.#ownGesture(element),
    );
    // An event that is made for an element outside the page comes past no window.
    stand(view.EventTarget.prototype, 'dispatchEvent', (target, event) => {
      if (!isElement(target) || target.isConnected || !(event instanceof view.Event)) return true;
      return !ACTIVATING.has(event.type) || !this.#blocked.has(target);
    });
  }
}

type NavigateLike = Event & {
  readonly formData?: FormData | null;
  readonly destination: { readonly url: string };
};

/** Events by which a control is activated, or which a script makes instead. */
const ACTIVATING: ReadonlySet<string> = new Set(
  'click auxclick dblclick mousedown mouseup pointerdown pointerup touchstart touchend keydown keyup keypress change input'.split(
    ' ',
  ),
);

/** A box that is ticked. */
const isTick = (element: Element): boolean =>
  /^(checkbox|radio)$/.test((element as HTMLInputElement).type) ||
  /(checkbox|radio|switch)/.test(element.getAttribute('role') ?? '');

export const isElement = (target: EventTarget | null | undefined): target is Element =>
  (target as Node | null | undefined)?.nodeType === 1;

/** The nearest element that a selector fits, through shadow hosts and frames. */
export function closest(from: Element, selector: string): Element | null {
  for (let at: Node | null = from; at !== null; at = parentOf(at)) {
    if (at.nodeType === 1 && (at as Element).matches(selector)) return at as Element;
  }
  return null;
}
