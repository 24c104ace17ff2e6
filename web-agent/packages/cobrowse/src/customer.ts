// A customer's tab: joins the session, asks, and shares the page while that is allowed.

import type { PageRules, ServerMessage, TabNotice } from '@sightline/protocol';
import { PROTOCOL_VERSION } from '../../protocol/src/generated/limits';
import { askConsent } from './cards';
import { Choices } from './choices';
import { Editing } from './editing';
import { consentNotes, Entry } from './entry';
import { Link } from './link';
import { Moves } from './moves';
import { Panel } from './panel';
import { PhoneAsk } from './phone';
import { freshTab, type Place, PlaceKeeper } from './place';
import { watchRoots } from './roots';
import { Sharing } from './sharing';
import { Talk } from './talk';
import { textsFor } from './texts';
import { forgetName } from './tickets';

/** What the loader hands over. */
export interface Start {
  /** Origin of the server. */
  readonly host: string;
  readonly tenant: string;
  readonly code: string | null;
  /** True for somebody who comes to edit the company's rules. */
  readonly rules: boolean;
  /** Came along from another of the company's origins. */
  readonly ticket: string | null;
}

type Resumed = Extract<TabNotice, { type: 'resumed' }>;

export class Customer {
  readonly #texts = textsFor(navigator.languages);
  readonly #panel = new Panel();
  readonly #link: Link;
  readonly #entry: Entry;
  readonly #talk: Talk;
  readonly #phone: PhoneAsk;
  readonly #editing: Editing;
  readonly #moves: Moves;
  /** Number of this document; drawings on another one are not on this. */
  readonly #page = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  readonly #start: Start;
  readonly #ended: () => void;
  readonly #stop = new AbortController();
  readonly #places = new PlaceKeeper(this.#stop.signal);
  readonly sharing: Sharing;
  /** Until it was used up. */
  #ticket: string | null;
  #agent = '';
  #rules: PageRules | null = null;
  #consent = false;
  #over = false;
  readonly #choices: Choices;

  /** @param ended called once nothing runs any more */
  constructor(start: Start, ended: () => void) {
    this.#start = start;
    this.#ended = ended;
    this.#ticket = start.ticket;
    const closedRoots = new WeakMap<Element, ShadowRoot>();
    watchRoots(this.#panel.host, closedRoots, (host) => this.sharing.recorder?.rootAdded(host));
    this.#link = new Link(start.host, {
      open: () => this.#hello(),
      notice: (notice) => this.#notice(notice),
      closed: () => this.#end(this.#texts.ended),
      lost: () => {
        this.#choices.live = false;
        this.sharing.recorder?.pause();
        this.#panel.message(this.#texts.reconnecting);
      },
    });
    this.#choices = new Choices({
      panel: this.#panel,
      texts: this.#texts,
      link: this.#link,
      sharing: () => this.sharing,
      standing: () => ({
        agent: this.#agent,
        shared: this.#consent,
        kept: (this.#places.place?.days ?? null) !== null,
        unread: this.#talk.unread,
      }),
      share: () => this.#askAgain(this.#agent),
      chat: () => this.#talk.toggle(),
      leave: () => this.#leave(),
      finish: () => this.#finish(),
    });
    this.#entry = new Entry({
      panel: this.#panel,
      texts: this.#texts,
      link: this.#link,
      tenant: start.tenant,
      code: start.code,
      rules: start.rules,
      refused: () => this.#end(null),
    });
    this.#moves = new Moves(
      {
        link: this.#link,
        isSeen: () => this.#consent && !this.#choices.paused,
        goesOn: () => this.#consent && !this.#edits,
        roams: () => this.#consent && this.#sites().some((site) => site !== location.origin),
        stayed: () => this.sharing.where(),
        follows: (origin) => this.#sites().includes(origin),
        keep: (ticket) => this.#places.keepTicket(ticket),
        isOurs: (origin) => this.#rules?.origins.includes(origin) === true,
        agreed: () => this.#places.agreed(),
      },
      this.#stop.signal,
    );
    this.sharing = new Sharing(
      {
        panel: this.#panel,
        link: this.#link,
        tenant: start.tenant,
        closedRoots,
        rules: () => this.#rules,
        paused: () => this.#choices.paused,
        leaving: () => this.#moves.leaving,
        takeBack: () => this.#choices.takeBack(),
        go: (url) => this.#moves.go(url),
      },
      this.#stop.signal,
    );
    this.#editing = new Editing({
      link: this.#link,
      panel: this.#panel.host,
      closedRoots,
      edits: () => this.#edits,
      recorder: () => this.sharing.recorder,
      paused: () => this.#choices.paused,
    });
    this.#phone = new PhoneAsk(this.#panel, this.#texts, this.#link, () => this.#choices.show());
    this.#talk = new Talk(this.#panel, this.#texts, this.#page, {
      session: (message) => this.#link.session(message),
      drawn: (drawings) => this.sharing.drawings(drawings),
      unread: () => this.#choices.live && this.#choices.show(),
      asked: (kind, name) => {
        if (kind === 'page' && !this.#consent) this.#askAgain(name);
        if (kind !== 'camera') return;
        this.#choices.live = false;
        this.#phone.ask(name);
      },
      phoneCame: () => {
        this.#choices.live = false;
        this.#phone.came();
      },
    });
    const { place } = this.#places;
    // A way that ended where it began: this page's own place is still good.
    if (this.#ticket !== null && place?.tickets?.includes(this.#ticket) === true)
      this.#ticket = null;
    if (this.#ticket !== null) this.#link.open();
    else if (place === null) this.#entry.ask(null);
    else void this.#comeBack(place);
  }

  /** The next page of a tab that is shared, or a copy of it, which is another tab and asks for itself. */
  async #comeBack(place: Place): Promise<void> {
    this.#places.hear();
    const go = (): void => (this.#link.isOpen ? this.#hello() : this.#link.open());
    if (!(await this.#places.isCopy(place))) go();
    else
      this.#ask(place, () => {
        this.#places.keep({ ...place, tab: freshTab(), tickets: [] });
        go();
      });
  }

  /** A tab that goes on here, or a new one that was opened from another origin and asks for itself. */
  #resume({ joined, tab, agreed }: Resumed): void {
    this.#ticket = null;
    forgetName();
    const { token } = joined;
    const { agent, sites, record_days: days = null } = agreed;
    const place: Place = { token, tab: tab ?? freshTab(), agent, days, sites, rules: false };
    const go = (): void => {
      this.#places.hear();
      this.#places.keep(place);
      this.#hello();
    };
    if (tab != null) go();
    else this.#ask(place, go);
  }

  /** Asks whether this tab shall be seen as well. */
  #ask({ agent, days, sites, rules }: Place, yes: () => void): void {
    const notes = consentNotes(this.#texts, { days, sites, rules });
    askConsent(this.#panel, this.#texts, agent, location.host, notes, yes, () => this.#end(null));
  }

  #hello(): void {
    const { place } = this.#places;
    if (this.#ticket !== null) {
      const { tenant } = this.#start;
      this.#link.say({ type: 'resume', tenant, ticket: this.#ticket });
    } else if (place === null) this.#entry.say();
    else {
      const { token, tab } = place;
      const page = this.#page;
      this.#link.say({ type: 'hello', protocol: PROTOCOL_VERSION, token, tab, page });
    }
  }

  #notice(notice: TabNotice): void {
    switch (notice.type) {
      case 'code':
        this.#entry.show(notice.code, notice.valid_s);
        break;
      case 'preview':
        this.#entry.consent(notice.preview);
        break;
      case 'phone':
        this.#phone.show(notice);
        break;
      case 'joined':
        this.#places.hear();
        this.#places.keep({
          token: notice.joined.token,
          tab: freshTab(),
          agent: this.#entry.agent,
          days: this.#entry.agreed ? this.#entry.days : null,
          sites: this.#entry.agreed ? this.#entry.sites : [],
          rules: this.#start.rules,
        });
        this.#hello();
        break;
      case 'resumed':
        this.#resume(notice);
        break;
      case 'ticket':
        this.#moves.take(notice);
        break;
      case 'ready':
        this.#rules = notice.rules;
        this.#agent = this.#places.place?.agent ?? '';
        this.#tell();
        if (notice.consent) this.#share();
        else if (this.#entry.agreed)
          this.#link.session({ type: 'set_consent', scope: 'page', granted: true });
        else this.#choices.show();
        break;
      case 'session':
        this.#talk.take(notice.message);
        this.#session(notice.message);
        break;
      case 'rules':
        this.#rules = notice.rules;
        this.#editing.renew(notice.rules);
        break;
      case 'pick':
        this.#editing.pick(notice);
        break;
      case 'count':
        this.#editing.count(notice);
        break;
      case 'need_snapshot':
        this.sharing.recorder?.snapshot();
        break;
      case 'control_asked':
        this.#choices.askControl(notice.name, notice.kinds);
        break;
      case 'command': {
        const outcome = this.sharing.executor?.run(notice.command) ?? 'not_granted';
        this.#link.say({ type: 'outcome', id: notice.id, outcome });
        break;
      }
      case 'pointer':
        this.sharing.overlay?.pointer(notice.by, notice.name, notice.color, notice.pointer);
        break;
      case 'error':
        this.#refused(notice.code, notice.fatal);
        break;
      default:
    }
  }

  #refused(code: string, fatal: boolean): void {
    if (this.#ticket !== null) {
      // It came too late, or somebody else has used it up. What this tab was before still counts.
      this.#ticket = null;
      forgetName();
      const { place } = this.#places;
      if (place === null) this.#entry.ask(this.#texts.notAlong);
      else if (!fatal) void this.#comeBack(place);
      return;
    }
    if (this.#places.place === null) {
      const { wrong, wait } = this.#texts;
      const problem = { invalid_code: wrong, rate_limited: wait, limit_reached: wait }[code];
      if (problem !== undefined) {
        this.#entry.ask(problem);
        return;
      }
    }
    // One link for a phone too many.
    if (code === 'limit_reached' && !this.#choices.live) this.#choices.show();
    if (fatal) this.#end(this.#texts.ended);
  }

  /** The place is there, the consent is not: an agent asks, or the customer offers. */
  #askAgain(agent: string): void {
    const { record_days: days = null, origins: sites = [] } = this.#rules ?? {};
    this.#choices.live = false;
    const texts = this.#texts;
    const notes = consentNotes(texts, { days, sites, rules: this.#edits });
    const yes = (): void => {
      const { place } = this.#places;
      if (place !== null) this.#places.keep({ ...place, days, sites });
      this.#tell();
      this.#link.session({ type: 'set_consent', scope: 'page', granted: true });
    };
    askConsent(this.#panel, texts, agent, location.host, notes, yes, () => this.#choices.show());
  }

  #session(said: ServerMessage): void {
    if (said.type === 'consent_changed') {
      const granted = said.consent.granted.includes('page');
      if (granted && !this.#consent) this.#share();
      if (!granted && this.#consent) this.#end(this.#texts.ended);
    } else if (said.type === 'welcome') {
      const own = said.surfaces.find(({ kind, owner }) => kind === 'page' && owner === said.you);
      if (own !== undefined) this.#choices.named(own.id);
      // The page before this one was paused: nobody sees the next one either.
      if (own?.paused === true && !this.#choices.paused) this.#choices.rest();
    } else if (said.type === 'surface_updated' && said.surface.kind === 'page') {
      this.#choices.named(said.surface.id);
    } else if (said.type === 'session_ended') this.#end(this.#texts.ended);
  }

  /** The customer allows it: from here on the page is seen. */
  #share(): void {
    const rules = this.#rules;
    if (rules === null) return;
    this.#consent = true;
    // On a small screen the chat would cover what is shown.
    if (innerWidth <= 480) this.#talk.close();
    this.#link.session({ type: 'share_page' });
    this.sharing.begin(this.#editing.ready(rules));
    this.#moves.begin();
    this.#choices.show();
  }

  /** Says what the customer has read about keeping and agreed to. */
  #tell(): void {
    this.#link.say({ type: 'told', record_days: this.#places.place?.days ?? null });
  }

  /** Origins that are the company's and that the customer has read of. Rules are edited on one. */
  #sites(): readonly string[] {
    const { place } = this.#places;
    if (place === null || place.rules) return [];
    return (this.#rules?.origins ?? []).filter((origin) => place.sites.includes(origin));
  }

  /** True in a tab that was opened to edit the company's rules. */
  get #edits(): boolean {
    return this.#places.place?.rules === true;
  }

  /** The customer stops sharing: this tab, and the consent with the last one. */
  #finish(): void {
    this.#link.say({ type: 'close' });
    this.#end(null);
  }

  /** The customer leaves the conversation in which nothing is shared. */
  #leave(): void {
    this.#link.session({ type: 'leave' });
    this.#end(null);
  }

  #end(text: string | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#consent = false;
    this.#places.forget();
    this.#stop.abort();
    this.#entry.stop();
    this.#talk.close();
    this.sharing.stop();
    this.#link.close();
    if (text === null) this.#panel.remove();
    else {
      this.#panel.message(text);
      setTimeout(() => this.#panel.remove(), 6_000);
    }
    this.#ended();
  }

  /** Bytes that left for the page. */
  get sent(): number {
    return this.#link.sent;
  }
}
