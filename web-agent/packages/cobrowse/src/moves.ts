// Takes a shared tab along to another of the company's origins. What a browser keeps for a page is
// kept by origin, so the place in the session cannot come along by itself: a ticket does, in the
// fragment of the address, which is sent to no server. Where a tab goes without one, those who look
// on are told that it went.

import type { Agreed, TabNotice } from '@sightline/protocol';
import type { Link } from './link';

/** Name of the ticket in the fragment; `triggers.ts` takes it out again. */
const NAME = 'sightline-move=';
/** Whoever clicks does not wait longer for a ticket than this. */
const ANSWER_MS = 1_500;
/** A ticket that was asked for beforehand is used for so long; the relay takes it for a minute. */
const NEAR_MS = 20_000;

type Ticket = Extract<TabNotice, { type: 'ticket' }>;

/** Who moves. */
export interface MoveHost {
  readonly link: Link;
  /** True while others may know where the tab is. */
  isSeen(): boolean;
  /** Origins on which the session goes on by itself. */
  sites(): readonly string[];
  /** True for an origin of the company, named before the customer agreed or not. */
  isOurs(origin: string): boolean;
  /** What the next origin shall know. */
  agreed(): Agreed;
}

/** As much of the Navigation API's event (HTML, "NavigateEvent") as is looked at. */
interface NavigateEvent extends Event {
  readonly destination: { readonly url: string; readonly sameDocument: boolean };
  readonly navigationType: 'push' | 'replace' | 'reload' | 'traverse';
  readonly hashChange: boolean;
  readonly downloadRequest: string | null;
  readonly formData: FormData | null;
}

export class Moves {
  readonly #host: MoveHost;
  /** Tickets that were asked for beforehand, by origin. */
  readonly #near = new Map<string, { ticket: Promise<string | null>; at: number }>();
  readonly #waiting: { origin: string; fresh: boolean; done: (ticket: string | null) => void }[] =
    [];
  /** The address that we ourselves go to now. */
  #going = '';
  /** Counts what the page wants: only the last wish is carried out. */
  #wish = 0;

  constructor(host: MoveHost, signal: AbortSignal) {
    this.#host = host;
    // After the page's own listeners, so that what they take for themselves is left to them.
    addEventListener('click', (event) => this.#clicked(event), { signal });
    addEventListener('submit', (event) => this.#submitted(event), { signal });
    for (const name of ['pointerdown', 'focusin', 'keydown'] as const)
      addEventListener(name, (event) => this.#comesNear(event), { signal, capture: true });
    const { navigation } = window as unknown as { navigation?: EventTarget };
    navigation?.addEventListener('navigate', (event) => this.#navigates(event as NavigateEvent), {
      signal,
    });
  }

  /** The relay's answer. */
  take({ origin, fresh, ticket }: Ticket): void {
    const at = this.#waiting.findIndex((each) => each.origin === origin && each.fresh === fresh);
    if (at >= 0) this.#waiting.splice(at, 1)[0]?.done(ticket ?? null);
  }

  /** Goes to an address, with the session where that follows. */
  go(href: string): void {
    const url = new URL(href, location.href);
    if (this.#follows(url)) void this.#with(url, (decorated) => location.assign(decorated));
    else location.assign(url.href);
  }

  #follows(url: URL): boolean {
    return url.origin !== location.origin && this.#host.sites().includes(url.origin);
  }

  #clicked(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = linkIn(event);
    if (link === null || link.hasAttribute('download')) return;
    const fresh = isFresh(link.target);
    const url = addressOf(link.href);
    if (fresh === null || url === null || url.origin === location.origin) return;
    if (!this.#follows(url)) {
      if (!fresh) this.#leaves(url);
      return;
    }
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

  /** Navigations by script, and links that only the browser sees; not in every browser. */
  #navigates(event: NavigateEvent): void {
    const { destination, navigationType, formData } = event;
    if (destination.sameDocument || event.hashChange || event.downloadRequest != null) return;
    const wish = ++this.#wish;
    const url = addressOf(destination.url);
    if (url === null || url.origin === location.origin) return;
    if (url.href === this.#going || url.hash.includes(NAME)) return;
    // What a script sends with a form cannot be sent again from here.
    if (!this.#follows(url) || formData != null) this.#leaves(url);
    else if (event.cancelable && /^(push|replace)$/.test(navigationType)) {
      event.preventDefault();
      void this.#with(url, (href) => {
        if (wish !== this.#wish) return;
        if (navigationType === 'replace') location.replace(href);
        else location.assign(href);
      });
    }
  }

  #submitted(event: SubmitEvent): void {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
    const target = submitter?.getAttribute('formtarget') ?? form.getAttribute('target') ?? '';
    const url = destinationOf(form, submitter);
    if (url === null || isFresh(target) !== false || url.origin === location.origin) return;
    // Where on a picture somebody clicked cannot be sent again.
    if (!this.#follows(url) || submitter?.getAttribute('type') === 'image') this.#leaves(url);
    else {
      event.preventDefault();
      void this.#with(url, (href) => send(form, submitter, href));
    }
  }

  /** Asks for a ticket before it is needed, so that nobody waits. */
  #comesNear(event: Event): void {
    const link = event.type === 'pointerdown' ? linkIn(event) : null;
    const target = event.composedPath()[0];
    const form =
      link === null && target instanceof Element
        ? ((target as HTMLInputElement).form ?? target.closest('form'))
        : null;
    const url =
      link !== null
        ? addressOf(link.href)
        : form instanceof HTMLFormElement
          ? destinationOf(form, target as HTMLElement)
          : null;
    if (url === null || !this.#follows(url) || this.#isNear(url.origin)) return;
    const ticket = this.#ask(url.origin, false);
    this.#near.set(url.origin, { ticket, at: performance.now() });
  }

  #isNear(origin: string): boolean {
    const found = this.#near.get(origin);
    return found !== undefined && performance.now() - found.at < NEAR_MS;
  }

  /** The ticket that was asked for beforehand, if any; it is used once. */
  async #takeNear(origin: string): Promise<string | null> {
    const found = this.#isNear(origin) ? this.#near.get(origin) : undefined;
    this.#near.delete(origin);
    return (await found?.ticket) ?? null;
  }

  /** Goes with a ticket, or without one when none comes in time. */
  async #with(url: URL, go: (href: string) => void, fresh = false): Promise<void> {
    const { origin } = url;
    const near = fresh ? null : await this.#takeNear(origin);
    const ticket = near ?? (await this.#ask(origin, fresh));
    if (ticket === null && !fresh) this.#leaves(url);
    this.#going = ticket === null ? url.href : withTicket(url, ticket);
    go(this.#going);
  }

  #ask(origin: string, fresh: boolean): Promise<string | null> {
    const { link } = this.#host;
    return new Promise((resolve) => {
      const waiting = { origin, fresh, done: resolve };
      this.#waiting.push(waiting);
      setTimeout(() => {
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
        resolve(null);
      }, ANSWER_MS);
      link.say({ type: 'handover', origin, fresh, agreed: this.#host.agreed() });
    });
  }

  /** Says that the tab goes where it is not shared. Where that is, only when it is the company's. */
  #leaves({ origin }: URL): void {
    if (!this.#host.isSeen()) return;
    const named = this.#host.isOurs(origin) ? origin : null;
    this.#host.link.say({ type: 'leaving', origin: named });
  }
}

/** The address with the ticket behind what its fragment has already. */
function withTicket(url: URL, ticket: string): string {
  const decorated = new URL(url);
  decorated.hash = `${url.hash === '' ? '#' : `${url.hash}&`}${NAME}${ticket}`;
  return decorated.href;
}

/** Sends a form as its button would, to another address. The page has heard of it already. */
function send(form: HTMLFormElement, submitter: HTMLElement | null, href: string): void {
  const before = new Map<string, string | null>();
  const set = (name: string, value: string | null | undefined): void => {
    if (value == null) return;
    before.set(name, form.getAttribute(name));
    form.setAttribute(name, value);
  };
  set('action', href);
  for (const name of ['method', 'enctype', 'target'])
    set(name, submitter?.getAttribute(`form${name}`));
  const pressed = document.createElement('input');
  pressed.type = 'hidden';
  pressed.name = submitter?.getAttribute('name') ?? '';
  pressed.value = submitter?.getAttribute('value') ?? '';
  if (pressed.name !== '') form.append(pressed);
  // A field may be called `submit`.
  HTMLFormElement.prototype.submit.call(form);
  pressed.remove();
  for (const [name, value] of before) {
    if (value === null) form.removeAttribute(name);
    else form.setAttribute(name, value);
  }
}

function linkIn(event: Event): HTMLAnchorElement | null {
  const found = event
    .composedPath()
    .find((each) => each instanceof HTMLAnchorElement || each instanceof HTMLAreaElement);
  const link = found as HTMLAnchorElement | undefined;
  return link?.hasAttribute('href') === true ? link : null;
}

/** Where a form goes. Its fields may be called `action`, which hides the property of that name. */
function destinationOf(form: HTMLFormElement, submitter: Element | null): URL | null {
  const given = submitter?.getAttribute('formaction') ?? form.getAttribute('action');
  return given === null ? null : addressOf(given);
}

function addressOf(href: string): URL | null {
  try {
    const url = new URL(href, document.baseURI);
    return /^https?:$/.test(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** True for a new tab, false for this one, null for a window or frame of the page's own. */
function isFresh(target: string): boolean | null {
  const name = (target || document.querySelector('base[target]')?.getAttribute('target')) ?? '';
  if (/^(|_self|_top|_parent)$/i.test(name)) return false;
  return /^_blank$/i.test(name) ? true : null;
}
