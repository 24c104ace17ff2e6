// "Show me with your phone": the question, the code to scan, and the word that the phone has come.

import { askPhone, showPhone } from './cards';
import type { Link, TabNotice } from './link';
import { button, type Panel } from './panel';
import type { Texts } from './texts';

export class PhoneAsk {
  readonly #panel: Panel;
  readonly #texts: Texts;
  readonly #link: Link;
  /** Shows again how things stand. */
  readonly #done: () => void;

  constructor(panel: Panel, texts: Texts, link: Link, done: () => void) {
    this.#panel = panel;
    this.#texts = texts;
    this.#link = link;
    this.#done = done;
  }

  ask(agent: string): void {
    const link = (): void => this.#link.say({ type: 'phone' });
    askPhone(this.#panel, this.#texts, agent, link, this.#done);
  }

  show(notice: Extract<TabNotice, { type: 'phone' }>): void {
    showPhone(this.#panel, this.#texts, notice, this.#done);
  }

  came(): void {
    const { phoneCame, close } = this.#texts;
    this.#panel.message(phoneCame, button(close, this.#done));
  }
}
