// Carries out what an agent asks for, in the customer's tab, and trusts nobody: the grant is looked
// at here again, and a blocked control does nothing unless the customer's own hand is on it.

import type { CommandOutcome, ControlKind, PageCommand } from '@sightline/protocol';
import type { Recorder } from './recorder';
import { fitsText, nameOf, type ReadyRules } from './rules';
import { isField, parentOf } from './tree';

/** How long after a command the page's own scripts may still act because of it. */
const SHADOW_MS = 5_000;
/** A customer's gesture counts for so long, as the browser's own user activation does. */
const GESTURE_MS = 1_000;
const SUBMIT = 'button:not([type]),button[type=submit],input[type=submit],input[type=image]';
/** Words of controls that buy, accept, send or delete. Site rules add their own. */
const BLOCKED_NAMES =
  /(^|[^\p{L}])(buy|pay|purchase|order now|place order|checkout|accept|agree|confirm|subscribe|transfer|delete|kaufen|bestellen|zahlungspflichtig|bezahlen|zustimmen|akzeptieren|bestätigen|löschen|acheter|payer|commander|accepter|confirmer|supprimer|comprar|pagar|aceptar|confirmar|eliminar|acquista|compra|paga|accetta|conferma|elimina|kopen|betalen|akkoord|bevestigen|kup|zapłać|akceptuj|potwierdź|osta|maksa|hyväksy|köp|betala|godkänn|купить|оплатить|принять|подтвердить|удалить|satın al|öde|kabul)([^\p{L}]|$)|購入|注文|支払|同意|承諾|確認|削除|购买|购买|支付|同意|接受|确认|删除|구매|결제|동의|확인|삭제|شراء|ادفع|موافق|تأكيد|حذف|קנה|שלם|אישור|מחק|खरीद|भुगतान|स्वीकार/iu;

export class Executor {
  readonly #recorder: Recorder;
  readonly #rules: ReadyRules;
  readonly #origins: readonly string[];
  readonly #revoked: () => void;
  readonly #stop = new AbortController();
  readonly #blocked = new WeakSet<Element>();
  #grants: ReadonlySet<ControlKind> = new Set();
  #lastCommand = Number.NEGATIVE_INFINITY;
  #lastGesture = Number.NEGATIVE_INFINITY;
  #gestureOn: EventTarget[] = [];
  #commanding = 0;

  constructor(
    recorder: Recorder,
    rules: ReadyRules,
    origins: readonly string[],
    revoked: () => void,
  ) {
    this.#recorder = recorder;
    this.#rules = rules;
    this.#origins = origins;
    this.#revoked = revoked;
    this.#guard();
  }

  get grants(): readonly ControlKind[] {
    return [...this.#grants];
  }

  grant(kinds: readonly ControlKind[]): void {
    this.#grants = new Set(kinds);
  }

  stop(): void {
    this.#grants = new Set();
    this.#stop.abort();
  }

  run(command: PageCommand): CommandOutcome {
    const kind = kindOf(command);
    if (!this.#grants.has(kind)) return 'not_granted';
    this.#lastCommand = performance.now();
    this.#commanding++;
    try {
      return this.#carryOut(command);
    } catch {
      return 'not_possible';
    } finally {
      this.#commanding--;
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
    if (this.isBlocked(element)) return 'blocked';
    switch (command.type) {
      case 'click':
        return this.#click(element);
      case 'type':
        return type(element, command.text);
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
    const own = to.origin === location.origin || this.#origins.includes(to.origin);
    if (!/^https?:$/.test(to.protocol) || !own) return 'blocked';
    location.assign(to.href);
    return 'done';
  }

  #click(element: Element): CommandOutcome {
    const box = element.getBoundingClientRect();
    const place = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
    // What lies on top gets the click, as it would from a hand; then that is what is asked about.
    const top = hit(element, place.clientX, place.clientY) ?? element;
    if (this.isBlocked(top)) return 'blocked';
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
    if (this.isBlocked(top)) return 'blocked';
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

  /** Whether only the customer may activate this control. */
  isBlocked(target: Element): boolean {
    for (let at: Node | null = target; at !== null; at = parentOf(at)) {
      if (at.nodeType !== 1) continue;
      const element = at as Element;
      if (this.#judge(element)) return true;
      if (element.localName === 'label') {
        const { control } = element as HTMLLabelElement;
        if (control !== null && control !== target && this.#judge(control)) return true;
      }
    }
    return false;
  }

  #judge(element: Element): boolean {
    if (this.#blocked.has(element)) return true;
    const found =
      element.matches(this.#rules.selectors.noControl) ||
      (element.matches(SUBMIT) && ((element as HTMLButtonElement).form ?? null) !== null) ||
      (isControl(element) &&
        (BLOCKED_NAMES.test(fullName(element)) ||
          this.#rules.texts.some(
            (rule) => rule.action === 'no_control' && fitsText(rule, element),
          ))) ||
      (element.localName === 'a' &&
        !/^https?:$/.test((element as HTMLAnchorElement).protocol || 'https:'));
    // Blocked once is blocked for good: another caption does not free it.
    if (found) this.#blocked.add(element);
    return found;
  }

  /** Finds blocked controls before anybody could rename them. */
  learn(root: Document | ShadowRoot): void {
    for (const element of root.querySelectorAll(
      'a[href],button,input,[role=button],[onclick],summary,label',
    ))
      this.isBlocked(element);
  }

  /**
   * Stands before the page's own listeners. While an agent commands, and for a while after, nothing
   * activates a blocked control but a trusted gesture of the customer on that very control.
   */
  #guard(): void {
    const options = { capture: true, signal: this.#stop.signal } as const;
    for (const name of ['pointerdown', 'mousedown', 'keydown', 'touchstart'] as const) {
      window.addEventListener(
        name,
        (event) => {
          if (!event.isTrusted) return;
          this.#lastGesture = performance.now();
          this.#gestureOn = event.composedPath();
          if (
            name === 'keydown' &&
            (event as KeyboardEvent).key === 'Escape' &&
            this.#grants.size > 0
          )
            this.#revoked();
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
          if (!this.#underCommand() || !isElement(target) || !this.isBlocked(target)) return;
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
      { signal: this.#stop.signal },
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
    const guard = <T extends object>(
      proto: T,
      name: keyof T & string,
      allowed: (self: Element) => boolean,
    ): void => {
      const original = proto[name];
      if (typeof original !== 'function') return;
      const executor = this;
      const guarded = function (this: Element, ...given: unknown[]): unknown {
        if (!executor.#stop.signal.aborted && executor.#underCommand() && !allowed(this))
          return undefined;
        return Reflect.apply(original as (...given: unknown[]) => unknown, this, given);
      };
      proto[name] = guarded as T[typeof name];
      this.#stop.signal.addEventListener('abort', () => {
        if ((proto[name] as unknown) === guarded) proto[name] = original;
      });
    };
    guard(HTMLFormElement.prototype, 'submit', (form) => this.#ownGesture(form));
    guard(HTMLFormElement.prototype, 'requestSubmit', (form) => this.#ownGesture(form));
    guard(
      HTMLElement.prototype,
      'click',
      (element) => !this.isBlocked(element) || this.#ownGesture(element),
    );
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

const isElement = (target: EventTarget | null | undefined): target is Element =>
  (target as Node | null | undefined)?.nodeType === 1;

function closest(from: Element, selector: string): Element | null {
  for (let at: Node | null = from; at !== null; at = parentOf(at)) {
    if (at.nodeType === 1 && (at as Element).matches(selector)) return at as Element;
  }
  return null;
}

function isControl(element: Element): boolean {
  return element.matches(
    'a,button,input,summary,label,[role=button],[role=link],[role=menuitem],[onclick],[tabindex]',
  );
}

/** Everything that a control is called, with pictures and other languages' names. */
function fullName(element: Element): string {
  const labelled = (element.getAttribute('aria-labelledby') ?? '')
    .split(/\s+/)
    .map((id) => (id === '' ? '' : (element.ownerDocument.getElementById(id)?.textContent ?? '')))
    .join(' ');
  const pictures = Array.from(element.querySelectorAll('img[alt],[aria-label],[title]'), (each) =>
    nameOf(each),
  ).join(' ');
  const text = (element.textContent ?? '').slice(0, 300);
  return `${nameOf(element)} ${text} ${labelled} ${pictures} ${element.id} ${element.getAttribute('name') ?? ''}`.replace(
    /[_-]/g,
    ' ',
  );
}

/** The element that a hand would meet, when it belongs to another control. */
function hit(element: Element, x: number, y: number): Element | null {
  const root = element.getRootNode();
  if (root.nodeType !== 9 && root.nodeType !== 11) return null;
  const top = (root as Document | ShadowRoot).elementFromPoint(x, y);
  return top !== null && !top.contains(element) && !element.contains(top) ? top : element;
}

/** Sets a value as a person would, past the bookkeeping of frameworks. */
function type(element: Element, text: string): CommandOutcome {
  const field = element as HTMLInputElement;
  if (field.disabled || field.readOnly) return 'not_possible';
  const view = element.ownerDocument.defaultView as (Window & typeof globalThis) | null;
  if (view === null) return 'not_possible';
  if (element.localName === 'input' || element.localName === 'textarea') {
    if (/^(hidden|file|submit|button|reset|image|checkbox|radio|password)$/.test(field.type))
      return 'not_possible';
    field.focus({ preventScroll: true });
    const proto =
      element.localName === 'input'
        ? view.HTMLInputElement.prototype
        : view.HTMLTextAreaElement.prototype;
    Object.getOwnPropertyDescriptor(proto, 'value')?.set?.call(field, text);
    const { InputEvent, Event } = view;
    field.dispatchEvent(
      new InputEvent('input', {
        bubbles: true,
        composed: true,
        inputType: 'insertText',
        data: text,
      }),
    );
    field.dispatchEvent(new Event('change', { bubbles: true }));
    return 'done';
  }
  if ((element as HTMLElement).isContentEditable) {
    (element as HTMLElement).focus({ preventScroll: true });
    const before = new view.InputEvent('beforeinput', {
      bubbles: true,
      cancelable: true,
      inputType: 'insertText',
      data: text,
    });
    if (!element.dispatchEvent(before)) return 'done';
    element.textContent = text;
    element.dispatchEvent(
      new view.InputEvent('input', { bubbles: true, inputType: 'insertText', data: text }),
    );
    return 'done';
  }
  return 'not_possible';
}

function choose(element: Element, option: number): CommandOutcome {
  const select = element as HTMLSelectElement;
  const view = element.ownerDocument.defaultView as (Window & typeof globalThis) | null;
  if (
    element.localName !== 'select' ||
    view === null ||
    select.disabled ||
    select.options[option] === undefined
  )
    return 'not_possible';
  Object.getOwnPropertyDescriptor(view.HTMLSelectElement.prototype, 'selectedIndex')?.set?.call(
    select,
    option,
  );
  select.dispatchEvent(new view.Event('input', { bubbles: true, composed: true }));
  select.dispatchEvent(new view.Event('change', { bubbles: true }));
  return 'done';
}
