// Takes a shared tab along to another of the company's origins. What a browser keeps for a page is
// kept by origin, so the place in the session cannot come along by itself: a ticket does, also where
// the way begins on this origin and a redirect leads to another. Where a tab goes without one, those
// who look on are told that it went.

import type { TabNotice } from '@sightline/protocol';
import { standBefore } from './calls';
import { forgetName, NAME, type TicketHost, Tickets } from './tickets';
import { addressOf, destinationOf, isFresh, lend, linkIn, methodOf, send } from './ways';

/** Who is still there so long after it said that it leaves has stayed. */
const STAYED_MS = 3_000;

/** Who moves. */
export interface MoveHost extends TicketHost {
  /** True while others may know where the tab is. */
  isSeen(): boolean;
  /** True for an origin on which the session goes on by itself. */
  follows(origin: string): boolean;
  /** The tab said that it leaves, and is still there. */
  stayed(): void;
  /** True for an origin of the company, named before the customer agreed or not. */
  isOurs(origin: string): boolean;
}

/** As much of the Navigation API's event (HTML, "NavigateEvent") as is looked at. */
interface NavigateEvent extends Event {
  readonly destination: {
    readonly url: string;
    readonly sameDocument: boolean;
    getState(): unknown;
  };
  readonly navigationType: 'push' | 'replace' | 'reload' | 'traverse';
  readonly hashChange: boolean;
  readonly downloadRequest: string | null;
  readonly formData: FormData | null;
  readonly info: unknown;
}

/**
 * What to do with an address: `leave` tells that the tab goes, `take` wants a ticket and waits for
 * one, `try` takes one along when it is ready, null is none of our business.
 */
type Way = 'leave' | 'take' | 'try' | null;

export class Moves {
  readonly #host: MoveHost;
  readonly #tickets: Tickets;
  /** The address that we ourselves go to now. */
  #going = '';
  /** Counts what the page wants: only the last wish is carried out. */
  #wish = 0;
  /** True from when the tab has said that it leaves; what it does until then tells nobody of a stay. */
  leaving = false;

  constructor(host: MoveHost, signal: AbortSignal) {
    this.#host = host;
    this.#tickets = new Tickets(host, signal);
    // After the page's own listeners, so that what they take for themselves is left to them.
    for (const name of ['click', 'auxclick'] as const)
      addEventListener(name, (event) => this.#clicked(event), { signal });
    addEventListener('submit', (event) => this.#submitted(event), { signal });
    const { navigation } = window as unknown as { navigation?: EventTarget };
    navigation?.addEventListener('navigate', (event) => this.#navigates(event as NavigateEvent), {
      signal,
    });
    standBefore(
      {
        opened: (href, target, features) => this.#opened(href, target, features),
        sends: (form) => this.#sends(form),
      },
      signal,
    );
  }

  /** The relay's answer. */
  take(notice: Extract<TabNotice, { type: 'ticket' }>): void {
    this.#tickets.heard(notice);
  }

  /** The tab is shared from now on. */
  begin(): void {
    this.#tickets.begin();
  }

  /** Goes to an address, with the session where that follows. */
  go(href: string): void {
    const url = new URL(href, location.href);
    const way = this.#wayOf(url);
    if (way === 'take') void this.#with(url, (decorated) => location.assign(decorated));
    else location.assign((way === 'try' && this.#tickets.ready(url, false)) || url.href);
  }

  /** How this tab gets to an address; `post` when it brings something there. */
  #wayOf(url: URL, post = false): Way {
    if (url.hash.includes(NAME)) return null;
    if (url.origin !== location.origin) return this.#host.follows(url.origin) ? 'take' : 'leave';
    // An address that differs in its fragment alone would not load the page again, and a page of
    // this site that is asked for a place in it shall find that, and not a ticket.
    const here = location.pathname + location.search === url.pathname + url.search;
    return url.hash !== '' || (here && !post) || !this.#host.roams() ? null : 'try';
  }

  /** How a new tab gets there; `alone` when the browser gives it nothing of this one's place. */
  #freshWay(url: URL, alone: boolean): Way {
    if (!this.#host.goesOn() || url.hash.includes(NAME)) return null;
    if (url.origin !== location.origin) return this.#host.follows(url.origin) ? 'take' : null;
    return alone || this.#host.roams() ? 'try' : null;
  }

  #clicked(event: MouseEvent): void {
    if (event.defaultPrevented || event.altKey || event.button > 1) return;
    const link = linkIn(event);
    const url = link === null ? null : addressOf(link.href);
    if (link === null || url === null || link.hasAttribute('download')) return;
    // A link that the customer opens in a new tab is not ours to hold up.
    const beside = event.button === 1 || event.ctrlKey || event.metaKey || event.shiftKey;
    const fresh = beside || isFresh(link.target);
    if (fresh === null) return;
    const alone = beside || !/\bopener\b/i.test(link.rel);
    const way = fresh ? this.#freshWay(url, alone) : this.#wayOf(url);
    if (way === 'leave') this.#leaves(url);
    if (way !== 'take' && way !== 'try') return;
    const ready = this.#tickets.ready(url, fresh);
    if (ready !== null) lend(link, 'href', ready);
    else if (way === 'take' && !beside) {
      event.preventDefault();
      // A click on a link of the same kind: target, referrer and history are as the page wants them.
      const { target, rel, referrerPolicy } = link;
      void this.#with(
        url,
        (href) => {
          const again = document.createElement('a');
          Object.assign(again, { href, target, rel, referrerPolicy });
          again.click();
        },
        fresh,
      );
    }
  }

  /** Navigations by script, and links that only the browser sees; not in every browser. */
  #navigates(event: NavigateEvent): void {
    const { destination, navigationType, formData, info } = event;
    if (destination.sameDocument || event.hashChange || event.downloadRequest != null) return;
    const wish = ++this.#wish;
    const url = addressOf(destination.url);
    if (url === null || url.href === this.#going) return;
    const way = this.#wayOf(url);
    // What a script sends with a form cannot be sent again from here.
    if (way === 'leave' || (way === 'take' && formData != null)) this.#leaves(url);
    if (way === null || way === 'leave' || formData != null || !event.cancelable) return;
    if (!/^(push|replace)$/.test(navigationType)) return;
    const go = (href: string): void => {
      if (wish !== this.#wish) return;
      if (navigationType === 'replace') location.replace(href);
      else location.assign(href);
    };
    if (way === 'take') {
      event.preventDefault();
      void this.#with(url, go);
      return;
    }
    // What a script hands to its next page over this interface would be lost.
    if (info !== undefined || destination.getState() !== undefined) return;
    const ready = this.#tickets.ready(url, false);
    if (ready === null) return;
    event.preventDefault();
    queueMicrotask(() => go(ready));
  }

  #submitted(event: SubmitEvent): void {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
    this.#sent(form, submitter, () => event.preventDefault());
  }

  /** A script sends a form: the browser does so at once, with the ticket that is ready. */
  #sends(form: HTMLFormElement): void {
    this.#sent(form, null, null);
  }

  #sent(form: HTMLFormElement, submitter: HTMLElement | null, hold: (() => void) | null): void {
    const target = submitter?.getAttribute('formtarget') ?? form.getAttribute('target') ?? '';
    const method = methodOf(form, submitter);
    const url = destinationOf(form, submitter);
    const fresh = isFresh(target);
    if (url === null || fresh === null || method === 'dialog') return;
    // A form that asks its own page again may come to the very same address.
    if (method === 'get') url.search = url.pathname === location.pathname ? location.search : '';
    const way = fresh ? this.#freshWay(url, true) : this.#wayOf(url, method === 'post');
    if (way === 'leave') this.#leaves(url);
    if (way !== 'take' && way !== 'try') return;
    const ready = this.#tickets.ready(url, fresh);
    if (ready !== null) {
      if (submitter?.hasAttribute('formaction') === true) lend(submitter, 'formaction', ready);
      else lend(form, 'action', ready);
    } else if (way === 'take' && hold !== null) {
      // Where on a picture somebody clicked cannot be sent again.
      if (submitter?.getAttribute('type') === 'image') this.#leaves(url);
      else {
        hold();
        void this.#with(url, (href) => send(form, submitter, href), fresh);
      }
    }
  }

  #opened(href: string, target: string, features: string): string | null {
    const url = href === '' ? null : addressOf(href);
    if (url === null) return null;
    const fresh = isFresh(target || '_blank');
    if (fresh === null) return null;
    const alone = /\bno(opener|referrer)\b/i.test(features);
    const way = fresh ? this.#freshWay(url, alone) : this.#wayOf(url);
    if (way === 'leave') this.#leaves(url);
    return way === 'take' || way === 'try' ? this.#tickets.ready(url, fresh) : null;
  }

  /** Goes with a ticket, or without one when none comes in time. */
  async #with(url: URL, go: (href: string) => void, fresh = false): Promise<void> {
    const decorated = await this.#tickets.waited(url, fresh);
    if (decorated === null && !fresh) this.#leaves(url);
    this.#going = decorated ?? url.href;
    go(this.#going);
  }

  /** Says that the tab goes where it is not shared. Where that is, only when it is the company's. */
  #leaves({ origin }: URL): void {
    if (!this.#host.follows(origin)) forgetName();
    if (!this.#host.isSeen()) return;
    const named = this.#host.isOurs(origin) ? origin : null;
    const say = (): void => this.#host.link.say({ type: 'leaving', origin: named });
    say();
    this.leaving = true;
    const stayed = setTimeout(() => {
      this.leaving = false;
      this.#host.stayed();
    }, STAYED_MS);
    // The other site may take its time.
    addEventListener(
      'pagehide',
      () => {
        clearTimeout(stayed);
        if (!this.leaving) say();
      },
      { once: true },
    );
  }
}
