// The tickets with which a tab goes on at another of the company's origins, kept ready, so that going
// on is not waited for, and what takes them along: the fragment of an address, which is sent to no
// server, and the tab's name, where the browser keeps it from origin to origin.

import type { Agreed, TabNotice } from '@sightline/protocol';
import type { Link } from './link';

/** Name of the ticket in the fragment and in the tab's name; `triggers.ts` takes it out again. */
export const NAME = 'sightline-move=';
/** Whoever clicks does not wait longer for a ticket than this. */
const ANSWER_MS = 1_500;
/** A ticket is good for a minute, of which a slow page may take the last fifteen seconds. */
const GOOD_MS = 45_000;
/** The next one is asked for when the last is so old; looked at so often. */
const RENEW_MS = 15_000;
const LOOK_MS = 20_000;

type Ticket = Extract<TabNotice, { type: 'ticket' }>;

/** Whose tickets. */
export interface TicketHost {
  readonly link: Link;
  /** True while the session goes on by itself. */
  goesOn(): boolean;
  /** True while it goes on at other origins than this one. */
  roams(): boolean;
  /** What the next page shall know. */
  agreed(): Agreed;
  /** A ticket for this tab: the next page of this origin knows by it that nothing is to be asked. */
  keep(ticket: string): void;
}

interface Kind {
  ready: { readonly ticket: string; readonly at: number } | null;
  askedAt: number;
  readonly waiting: ((ticket: string | null) => void)[];
}

const kind = (): Kind => ({ ready: null, askedAt: Number.NEGATIVE_INFINITY, waiting: [] });

export class Tickets {
  readonly #host: TicketHost;
  readonly #stay = kind();
  readonly #fresh = kind();

  constructor(host: TicketHost, signal: AbortSignal) {
    this.#host = host;
    // Before a press becomes a click there is time for an answer.
    addEventListener('pointerdown', () => this.#renew(), { signal, capture: true });
    addEventListener('keydown', ({ key }) => key === 'Enter' && this.#renew(), {
      signal,
      capture: true,
    });
    document.addEventListener('visibilitychange', () => document.hidden || this.#renew(), {
      signal,
    });
    // Nobody says beforehand that an address will be typed.
    const timer = setInterval(() => document.hidden || this.#renewOne(this.#stay), LOOK_MS);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      forgetName();
    });
  }

  /** A connection is there, and maybe another network: what was ready may be worth nothing. */
  begin(): void {
    for (const each of [this.#stay, this.#fresh])
      Object.assign(each, { ready: null, askedAt: Number.NEGATIVE_INFINITY });
    this.#renew();
  }

  /** Asks for what is about to run out. */
  #renew(): void {
    this.#renewOne(this.#stay);
    this.#renewOne(this.#fresh);
  }

  #renewOne(of: Kind): void {
    const { roams, goesOn } = this.#host;
    if (of === this.#stay ? !roams() : !goesOn()) return;
    const now = performance.now();
    const at = Math.max(of.askedAt, of.ready?.at ?? Number.NEGATIVE_INFINITY);
    if (now - at > (of.ready === null ? ANSWER_MS : RENEW_MS)) this.#say(of);
  }

  #say(of: Kind): void {
    of.askedAt = performance.now();
    const fresh = of === this.#fresh;
    this.#host.link.say({ type: 'handover', fresh, agreed: this.#host.agreed() });
  }

  /** The relay's answer. */
  heard({ fresh, ticket }: Ticket): void {
    const of = fresh ? this.#fresh : this.#stay;
    if (!fresh && ticket != null) this.#host.keep(ticket);
    const wanted = of.waiting.shift();
    if (wanted !== undefined) wanted(ticket ?? null);
    else if (ticket != null) {
      of.ready = { ticket, at: performance.now() };
      if (!fresh && this.#host.roams()) intoName(ticket);
    }
  }

  /** The address with the ticket that is ready, if one is; it is used once. */
  ready(url: URL, fresh: boolean): string | null {
    const of = fresh ? this.#fresh : this.#stay;
    const { ready } = of;
    of.ready = null;
    if (ready === null || performance.now() - ready.at > GOOD_MS) return null;
    return withTicket(url, ready.ticket);
  }

  /** The address with a ticket, waited for; null when none comes in time. */
  async waited(url: URL, fresh: boolean): Promise<string | null> {
    const now = this.ready(url, fresh);
    if (now !== null) return now;
    const of = fresh ? this.#fresh : this.#stay;
    const ticket = await new Promise<string | null>((resolve) => {
      of.waiting.push(resolve);
      setTimeout(() => {
        const at = of.waiting.indexOf(resolve);
        if (at >= 0) of.waiting.splice(at, 1);
        resolve(null);
      }, ANSWER_MS);
      this.#say(of);
    });
    return ticket === null ? null : withTicket(url, ticket);
  }
}

/** The address with the ticket behind what its fragment has already. */
function withTicket(url: URL, ticket: string): string {
  const decorated = new URL(url);
  decorated.hash = `${url.hash === '' ? '#' : `${url.hash}&`}${NAME}${ticket}`;
  return decorated.href;
}

/** A name that the site has given stays what it is. In a frame, the name is that of the frame. */
function intoName(ticket: string): void {
  if (parent === window && (window.name === '' || window.name.startsWith(NAME)))
    window.name = `${NAME}${ticket}&${Date.now()}`;
}

/** The tab goes where the session is nobody's business, or the ticket is used up. */
export function forgetName(): void {
  if (parent === window && window.name.startsWith(NAME)) window.name = '';
}
