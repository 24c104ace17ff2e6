// What is kept of hidden places and fields, so that it is recognised where the page repeats it.

import { Echo } from './echo';
import type { Levels } from './levels';
import type { ReadyRules } from './rules';
import { isField } from './tree';

/** Fields whose content is never shown, whatever anybody marks. */
const SECRET_FIELD =
  'input[type=password],input[type=hidden],input[type=file],[autocomplete^=cc-],[autocomplete*=password],[autocomplete=one-time-code]';

/** What is chosen, ticked or pressed instead of typed. */
const NOT_TYPED = /^(checkbox|radio|submit|button|reset|image|range|color)$/;
/** Attributes whose texts are remembered where they are hidden. */
const SPOKEN = ['title', 'alt', 'aria-label', 'label'];

/** Places whose text people write, or scripts from what they wrote. */
const WRITTEN =
  'output,[contenteditable]:not([contenteditable=false i]),[role~=textbox],[role~=searchbox],[role~=combobox],[role~=spinbutton]';

export class Memory {
  readonly echo = new Echo();
  /** Fields that held a password once. */
  readonly passwords = new WeakSet<Element>();
  readonly #rules: ReadyRules;
  readonly #levels: Levels;
  readonly #remembered = new WeakMap<Element, string>();

  constructor(rules: ReadyRules, levels: Levels) {
    this.#rules = rules;
    this.#levels = levels;
  }

  /** Keeps what fields and marked places below a root hold, before the page's own texts are read. */
  look(root: Document | ShadowRoot): void {
    for (const field of root.querySelectorAll('input[type=password]')) this.passwords.add(field);
    for (const field of root.querySelectorAll('input,textarea,select')) this.field(field);
    const { mask, block } = this.#rules.selectors;
    for (const element of root.querySelectorAll(`${mask},${block}`)) {
      if (this.#isNew(element)) this.#inside(element);
    }
    for (const element of root.querySelectorAll(WRITTEN))
      if (isField(element) && this.#isNew(element) && !this.isOpen(element))
        this.echo.remember(element.textContent ?? '', true);
  }

  /** True when an element says something else than when it was looked at last. */
  #isNew(element: Element): boolean {
    const text = element.textContent ?? '';
    if (this.#remembered.get(element) === text) return false;
    this.#remembered.set(element, text);
    return true;
  }

  #inside(element: Element): void {
    const walk = element.ownerDocument.createTreeWalker(element, 5);
    for (let node: Node | null = element; node !== null; node = walk.nextNode()) {
      if (node.nodeType === 3) this.echo.remember(node.nodeValue ?? '', false);
      else
        for (const name of SPOKEN)
          this.echo.remember((node as Element).getAttribute(name) ?? '', false);
    }
  }

  /** Keeps what a field holds, so that it is recognised where the page repeats it. */
  field(field: Element): void {
    const { type, value } = field as HTMLInputElement;
    if (typeof value !== 'string' || NOT_TYPED.test(type) || this.isOpen(field)) return;
    if (field.localName !== 'select') this.echo.remember(value, type !== 'hidden');
    else
      for (const { text } of (field as HTMLSelectElement).selectedOptions)
        this.echo.remember(text, false);
  }

  /** Whether a field was marked so that what is in it may be seen. */
  isOpen(field: Element): boolean {
    if (field.matches(SECRET_FIELD) || this.passwords.has(field)) return false;
    for (let at: Element | null = field; at !== null && isField(at); at = at.parentElement)
      if (at.matches(this.#rules.selectors.show)) return this.#levels.of(field) === 0;
    return false;
  }

  /** A component that takes part in forms holds a value, however it draws it. */
  component(element: Element, name: string): void {
    if (!name.includes('-')) return;
    const { formAssociated } = element.constructor as { formAssociated?: unknown };
    const { value, type, checked } = element as HTMLInputElement;
    if (formAssociated !== true || checked !== undefined || typeof value !== 'string') return;
    if (!NOT_TYPED.test(type) && !this.isOpen(element)) this.echo.remember(value, true);
  }
}
