// Carries out what an agent asks for, in the customer's tab, and trusts nobody: the grant is looked
// at here again, and a blocked control does nothing unless the customer's own hand is on it.

import type { CommandOutcome, ControlKind, PageCommand } from '@sightline/protocol';
import { Blocked } from './blocked';
import { choose, fillIn } from './fill';
import { closest, Guard } from './guard';
import type { Recorder } from './recorder';
import type { ReadyRules } from './rules';
import { isField } from './tree';

/** What an executor needs to know of the tab. */
export interface ExecutorHost {
  /** The company's origins, as they are now. */
  origins(): readonly string[];
  /** The customer takes control back. */
  revoked(): void;
  /** Goes to an address of the company. */
  go(url: string): void;
}

export class Executor {
  readonly #recorder: Recorder;
  readonly #host: ExecutorHost;
  readonly #stop = new AbortController();
  readonly #blocked: Blocked;
  readonly #guard: Guard;
  #grants: ReadonlySet<ControlKind> = new Set();

  constructor(recorder: Recorder, rules: ReadyRules, host: ExecutorHost) {
    this.#recorder = recorder;
    this.#host = host;
    this.#blocked = new Blocked(rules);
    const escaped = (): void => {
      if (this.#grants.size > 0) host.revoked();
    };
    this.#guard = new Guard(this.#blocked, escaped, this.#stop.signal);
  }

  get grants(): readonly ControlKind[] {
    return [...this.#grants];
  }

  grant(kinds: readonly ControlKind[]): void {
    this.#grants = new Set(kinds);
  }

  /** Finds blocked controls before anybody could rename them, and stands before them. */
  learn(root: Document | ShadowRoot): void {
    this.#blocked.learn(root);
    this.#guard.watch(root);
  }

  stop(): void {
    this.#grants = new Set();
    this.#stop.abort();
  }

  run(command: PageCommand): CommandOutcome {
    if (!this.#grants.has(kindOf(command))) return 'not_granted';
    try {
      return this.#guard.command(() => this.#carryOut(command));
    } catch {
      return 'not_possible';
    }
  }

  #carryOut(command: PageCommand): CommandOutcome {
    switch (command.type) {
      case 'scroll': {
        const target = command.node == null ? null : this.#element(command.node);
        (target ?? window).scrollTo({ left: command.x, top: command.y, behavior: 'instant' });
        return 'done';
      }
      case 'back':
        history.back();
        return 'done';
      case 'forward':
        history.forward();
        return 'done';
      case 'reload':
        location.reload();
        return 'done';
      case 'open':
        return this.#open(command.url);
      default:
    }
    const element = this.#element(command.node);
    if (element === null) return 'not_possible';
    if (this.#blocked.has(element)) return 'blocked';
    switch (command.type) {
      case 'click':
        return this.#click(element);
      case 'type':
        return fillIn(element, command.text);
      case 'key':
        return this.#key(element, command.key);
      case 'choose':
        return choose(element, command.option);
    }
  }

  #element(id: number): Element | null {
    const element = this.#recorder.elementOf(id);
    if (element === null || !element.isConnected) return null;
    this.#recorder.gate.look();
    // What an agent cannot see, an agent cannot touch; a field shows only that it is there.
    const level = this.#recorder.gate.level(element);
    return level === 2 || (level === 1 && !isField(element)) ? null : element;
  }

  #open(url: string): CommandOutcome {
    let to: URL;
    try {
      to = new URL(url, location.href);
    } catch {
      return 'not_possible';
    }
    const own = to.origin === location.origin || this.#host.origins().includes(to.origin);
    if (!/^https?:$/.test(to.protocol) || !own) return 'blocked';
    this.#host.go(to.href);
    return 'done';
  }

  #click(element: Element): CommandOutcome {
    const box = element.getBoundingClientRect();
    const place = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
    // What lies on top gets the click, as it would from a hand; then that is what is asked about.
    const top = hit(element, place.clientX, place.clientY) ?? element;
    if (this.#blocked.has(top)) return 'blocked';
    const link = closest(top, 'a[href],area[href]') as HTMLAnchorElement | null;
    if (link !== null && !/^https?:$/.test(link.protocol)) return 'blocked';
    const base = {
      bubbles: true,
      cancelable: true,
      composed: true,
      view: window,
      button: 0,
      ...place,
    };
    const pointer = { ...base, pointerId: 1, pointerType: 'mouse', isPrimary: true };
    for (const name of ['pointerover', 'pointerenter', 'pointermove', 'pointerdown'])
      top.dispatchEvent(new PointerEvent(name, pointer));
    top.dispatchEvent(new MouseEvent('mousedown', { ...base, detail: 1 }));
    const focusable = closest(
      top,
      'a[href],button,input,select,textarea,[tabindex],[contenteditable]',
    ) as HTMLElement | null;
    focusable?.focus({ preventScroll: true });
    top.dispatchEvent(new PointerEvent('pointerup', pointer));
    top.dispatchEvent(new MouseEvent('mouseup', { ...base, detail: 1 }));
    // Only `click` itself has the control's default action; it is looked at again by the guard.
    if (this.#blocked.has(top)) return 'blocked';
    (top as HTMLElement).click?.();
    return 'done';
  }

  #key(element: Element, key: string): CommandOutcome {
    if (!/^(Enter|Escape|Tab|Arrow(Up|Down|Left|Right)|Backspace|Home|End| )$/.test(key))
      return 'not_possible';
    const options = { key, bubbles: true, cancelable: true, composed: true };
    (element as HTMLElement).focus?.({ preventScroll: true });
    const go = element.dispatchEvent(new KeyboardEvent('keydown', options));
    if (go && key === 'Enter') {
      const form = (element as HTMLInputElement).form ?? null;
      // A form that is sent by Enter is sent by its first button, which must be free for that.
      if (form !== null && element.localName === 'input') {
        element.dispatchEvent(new KeyboardEvent('keyup', options));
        return 'blocked';
      }
      if (element.localName === 'a' || element.localName === 'button') return this.#click(element);
    }
    if (go && key === ' ' && element.localName === 'button') return this.#click(element);
    element.dispatchEvent(new KeyboardEvent('keyup', options));
    return 'done';
  }
}

function kindOf(command: PageCommand): ControlKind {
  switch (command.type) {
    case 'click':
      return 'click';
    case 'scroll':
      return 'scroll';
    case 'type':
    case 'key':
    case 'choose':
      return 'type';
    default:
      return 'navigate';
  }
}

/** The element that a hand would meet, when it belongs to another control. */
function hit(element: Element, x: number, y: number): Element | null {
  const root = element.getRootNode();
  if (root.nodeType !== 9 && root.nodeType !== 11) return null;
  const top = (root as Document | ShadowRoot).elementFromPoint(x, y);
  return top !== null && !top.contains(element) && !element.contains(top) ? top : element;
}
