// The tab's place in the session, kept for the next page of the site in this tab, and how a tab
// tells that it is only a copy of another one.

import type { Agreed } from '@sightline/protocol';

/** What the next page needs to go on. */
export interface Place {
  readonly token: string;
  readonly tab: string;
  readonly agent: string;
  /** Days of keeping that the customer has read of and agreed to; null when it was not said. */
  readonly days: number | null;
  /** Origins that the customer has read of before agreeing: on these the session goes on. */
  readonly sites: readonly string[];
  /** True for somebody who edits the company's rules here. */
  readonly rules: boolean;
  /** Tickets that this origin has given the tab on its way; whoever comes back with one has not left. */
  readonly tickets?: readonly string[];
}

const KEY = 'sightline.cobrowse';
const KEPT_TICKETS = 8;
/** Time in which the last page of this tab gives its lock back; a copy waits for it in vain. */
const LOCK_WAIT_MS = 700;
/** Without locks, on a page that is not secure: time in which the other tab would answer. */
const COPY_WAIT_MS = 400;

export class PlaceKeeper {
  readonly #signal: AbortSignal;
  #place: Place | null = read();
  /** True once this tab, and no other, has the place. */
  #here = false;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  get place(): Place | null {
    return this.#place;
  }

  keep(place: Place): void {
    if (this.#locked !== place.tab) void this.#lock(place.tab);
    this.#place = place;
    this.#here = true;
    sessionStorage.setItem(KEY, JSON.stringify(place));
  }

  /** The tab may come back with this one. Older ones than some minutes are worth nothing any more. */
  keepTicket(ticket: string): void {
    const place = this.#place;
    if (place !== null)
      this.keep({ ...place, tickets: [...(place.tickets ?? []).slice(1 - KEPT_TICKETS), ticket] });
  }

  /** What the next origin of the company shall know. */
  agreed(): Agreed {
    const { agent = '', days = null, sites = [] } = this.#place ?? {};
    return { agent, record_days: days, sites: [...sites] };
  }

  forget(): void {
    sessionStorage.removeItem(KEY);
  }

  /** Tells copies of this tab that it is here. */
  hear(): void {
    const channel = new BroadcastChannel(KEY);
    channel.onmessage = ({ data }) => {
      const own = this.#place?.tab;
      if (this.#here && own !== undefined && data === `who ${own}`)
        channel.postMessage(`here ${own}`);
    };
    this.#signal.addEventListener('abort', () => channel.close());
    window.addEventListener('pagehide', () => channel.close(), { once: true });
  }

  /**
   * Browsers copy the storage into a tab that a page opens. Resolves to true when the tab that the
   * place belongs to is still there, so that this one is another. The tab holds a lock as long as
   * it is there: however slow a machine is, a copy never takes itself for the first.
   */
  async isCopy(place: Place): Promise<boolean> {
    if (!('locks' in navigator)) return await this.#isAnswered(place);
    this.#here = await this.#lock(place.tab);
    return !this.#here;
  }

  /** Holds the tab's lock until the end; false when another one has it. */
  #lock(tab: string): Promise<boolean> {
    if (!('locks' in navigator)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiting = new AbortController();
      const timer = setTimeout(() => waiting.abort(), LOCK_WAIT_MS);
      const held = (): Promise<void> => {
        clearTimeout(timer);
        this.#locked = tab;
        resolve(true);
        return new Promise((release) => {
          this.#signal.addEventListener('abort', () => release());
        });
      };
      navigator.locks
        .request(`${KEY} ${tab}`, { signal: waiting.signal }, held)
        .catch(() => resolve(false));
    });
  }
  #locked: string | null = null;

  #isAnswered(place: Place): Promise<boolean> {
    return new Promise((resolve) => {
      let copy = false;
      const answers = new BroadcastChannel(KEY);
      answers.onmessage = ({ data }) => {
        copy ||= data === `here ${place.tab}`;
      };
      answers.postMessage(`who ${place.tab}`);
      setTimeout(() => {
        answers.close();
        this.#here = !copy;
        resolve(copy);
      }, COPY_WAIT_MS);
    });
  }
}

export function freshTab(): string {
  const random = crypto.getRandomValues(new Uint8Array(12));
  return `tab_${Array.from(random, (byte) => (byte % 36).toString(36)).join('')}`;
}

function read(): Place | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Place | null;
  } catch {
    return null;
  }
}
