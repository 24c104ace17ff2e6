// The way into a session: a code of the agent's, typed here, or a code shown here, read to the agent;
// then the question who may see what.

import type { InvitePreview } from '@sightline/protocol';
import { askCode, askConsent, showCode } from './cards';
import type { Link } from './link';
import type { Panel } from './panel';
import type { Texts } from './texts';

export interface EntryHost {
  readonly panel: Panel;
  readonly texts: Texts;
  readonly link: Link;
  readonly tenant: string;
  /** A code that came with the address. */
  readonly code: string | null;
  /** True for somebody who comes to edit the company's rules. */
  readonly rules: boolean;
  /** The customer wants none of it. */
  refused(): void;
}

/** What the customer's yes is about, beside what is always said. */
export interface Terms {
  /** Days of keeping; null when nothing is kept. */
  readonly days: number | null;
  /** Origins over which sharing goes on. */
  readonly sites: readonly string[];
  /** True for somebody who comes to edit the company's rules. */
  readonly rules: boolean;
}

/** What else is said before the customer agrees. */
export function consentNotes(texts: Texts, { days, sites, rules }: Terms): string[] {
  const others = sites.filter((site) => site !== location.origin);
  const hosts = others.map((site) => site.replace(/^https?:\/\//, '')).join(', ');
  return [
    ...(others.length === 0 || rules ? [] : [texts.goesOn(hosts)]),
    ...(days === null ? [] : [texts.kept(days)]),
    ...(rules ? [texts.editing] : []),
  ];
}

export class Entry {
  readonly #host: EntryHost;
  /** What the customer typed; null to be given a code to read out. */
  #code: string | null = '';
  /** True once the customer has chosen how to begin. */
  #begun = false;
  #renewal = 0;
  #preview: InvitePreview | null = null;
  /** True once the customer has agreed to show the page. */
  agreed = false;

  constructor(host: EntryHost) {
    this.#host = host;
  }

  /** Name of the agent who asks. */
  get agent(): string {
    return this.#preview?.agent_name ?? '';
  }

  /** Days for which the page would be kept, as the preview says. */
  get days(): number | null {
    return this.#preview?.page_record_days ?? null;
  }

  /** Origins over which sharing goes on, as the preview says. */
  get sites(): readonly string[] {
    return this.#preview?.page_sites ?? [];
  }

  /** Asks for a code; `problem` says what was wrong with the last. */
  ask(problem: string | null): void {
    const { panel, texts, code, refused } = this.#host;
    clearTimeout(this.#renewal);
    askCode(
      panel,
      texts,
      problem,
      problem === null ? (code ?? '') : '',
      (typed) => this.#begin(typed),
      () => this.#begin(null),
      refused,
    );
  }

  #begin(code: string | null): void {
    this.#code = code;
    this.#begun = true;
    const { link } = this.#host;
    if (link.isOpen) this.say();
    else link.open();
  }

  /** Says what the customer chose; again after a lost connection. */
  say(): void {
    const { link, tenant } = this.#host;
    if (!this.#begun) return;
    if (this.#code === null) link.say({ type: 'show_code', tenant });
    else link.say({ type: 'preview', tenant, code: this.#code });
  }

  /** The server gave a code; when it has run out, another one. */
  show(code: string, validS: number): void {
    const { panel, texts, refused } = this.#host;
    clearTimeout(this.#renewal);
    showCode(panel, texts, code, () => this.ask(null), refused);
    this.#renewal = window.setTimeout(() => this.say(), validS * 1_000);
  }

  /** Somebody asks: the customer decides. */
  consent(preview: InvitePreview): void {
    const { panel, texts, link, refused } = this.#host;
    clearTimeout(this.#renewal);
    this.#preview = preview;
    const { ticket, agent_name, company_name } = preview;
    const accept = (agreed: boolean): void => {
      this.agreed = agreed;
      link.say({ type: 'accept', ticket });
    };
    askConsent(
      panel,
      texts,
      agent_name,
      company_name,
      consentNotes(texts, { days: this.days, sites: this.sites, rules: this.#host.rules }),
      () => accept(true),
      refused,
      () => accept(false),
    );
  }

  stop(): void {
    clearTimeout(this.#renewal);
  }
}
