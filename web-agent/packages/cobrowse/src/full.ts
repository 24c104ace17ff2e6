// The script behind the loader: joins the session, asks, and shares the page while that is allowed.

import type { ControlKind, PageRules, ServerMessage, TabNotice } from '@sightline/protocol';
import { PROTOCOL_VERSION } from '../../protocol/src/generated/limits';
import { askConsent, askControl } from './cards';
import { Editing } from './editing';
import { consentNotes, Entry } from './entry';
import { Executor } from './executor';
import { showToParent } from './guest';
import { Hand } from './hand';
import { Link } from './link';
import type { PageDrawing } from './marks';
import { PageOverlay } from './overlay';
import { Panel } from './panel';
import { PhoneAsk } from './phone';
import { freshTab, type Place, PlaceKeeper } from './place';
import { Recorder } from './recorder';
import { watchRoots } from './roots';
import { showStanding } from './standing';
import { Talk } from './talk';
import { textsFor } from './texts';

/** What the loader hands over. */
export interface Start {
  /** Origin of the server. */
  readonly host: string;
  readonly tenant: string;
  readonly code: string | null;
  /** True for somebody who comes to edit the company's rules. */
  readonly rules: boolean;
}

class Cobrowse {
  readonly #texts = textsFor(navigator.languages);
  readonly #panel = new Panel();
  readonly #link: Link;
  readonly #entry: Entry;
  readonly #talk: Talk;
  readonly #phone: PhoneAsk;
  readonly #editing: Editing;
  /** Number of this document; drawings on another one are not on this. */
  readonly #page = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  #drawings: readonly PageDrawing[] = [];
  readonly #closedRoots = new WeakMap<Element, ShadowRoot>();
  #agent = '';
  readonly #start: Start;
  #rules: PageRules | null = null;
  #recorder: Recorder | null = null;
  #executor: Executor | null = null;
  #overlay: PageOverlay | null = null;
  #surface: string | null = null;
  #consent = false;
  #paused = false;
  #over = false;
  #hatching = 0;
  readonly #stop = new AbortController();
  readonly #places = new PlaceKeeper(this.#stop.signal);
  #hand: Hand | null = null;

  constructor(start: Start) {
    this.#start = start;
    watchRoots(this.#panel.host, this.#closedRoots, (host) => this.#recorder?.rootAdded(host));
    this.#link = new Link(start.host, {
      open: () => this.#hello(),
      notice: (notice) => this.#notice(notice),
      closed: () => this.#end(this.#texts.ended),
      lost: () => {
        this.#live = false;
        this.#recorder?.pause();
        this.#panel.message(this.#texts.reconnecting);
      },
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
    this.#editing = new Editing({
      link: this.#link,
      panel: this.#panel.host,
      closedRoots: this.#closedRoots,
      edits: () => this.#edits,
      recorder: () => this.#recorder,
      paused: () => this.#paused,
    });
    this.#phone = new PhoneAsk(this.#panel, this.#texts, this.#link, () => this.#showLive());
    this.#talk = new Talk(this.#panel, this.#texts, this.#page, {
      session: (message) => this.#link.session(message),
      drawn: (drawings) => {
        this.#drawings = drawings;
        this.#overlay?.drawings(drawings);
      },
      unread: () => this.#live && this.#showLive(),
      asked: (kind, name) => {
        if (kind === 'page' && !this.#consent) this.#askAgain(name);
        if (kind !== 'camera') return;
        this.#live = false;
        this.#phone.ask(name);
      },
      phoneCame: () => {
        this.#live = false;
        this.#phone.came();
      },
    });
    const { place } = this.#places;
    if (place === null) this.#entry.ask(null);
    else void this.#comeBack(place);
  }

  /** The next page of a tab that is shared, or a copy of it, which is another tab and asks for itself. */
  async #comeBack(place: Place): Promise<void> {
    this.#places.hear();
    if (!(await this.#places.isCopy(place))) {
      this.#link.open();
      return;
    }
    askConsent(
      this.#panel,
      this.#texts,
      place.agent,
      location.host,
      consentNotes(this.#texts, place.days, place.rules),
      () => {
        this.#places.keep({ ...place, tab: freshTab() });
        this.#link.open();
      },
      () => this.#end(null),
    );
  }

  #hello(): void {
    const { place } = this.#places;
    if (place === null) this.#entry.say();
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
      case 'joined': {
        this.#places.hear();
        this.#places.keep({
          token: notice.joined.token,
          tab: freshTab(),
          agent: this.#entry.agent,
          days: this.#entry.agreed ? this.#entry.days : null,
          rules: this.#start.rules,
        });
        this.#hello();
        break;
      }
      case 'ready':
        this.#rules = notice.rules;
        this.#agent = this.#places.place?.agent ?? '';
        this.#tell();
        if (notice.consent) this.#share();
        else if (this.#entry.agreed)
          this.#link.session({ type: 'set_consent', scope: 'page', granted: true });
        else this.#showLive();
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
        this.#recorder?.snapshot();
        break;
      case 'control_asked':
        this.#askControl(notice.name, notice.kinds);
        break;
      case 'command': {
        const outcome = this.#executor?.run(notice.command) ?? 'not_granted';
        this.#link.say({ type: 'outcome', id: notice.id, outcome });
        break;
      }
      case 'pointer':
        this.#overlay?.pointer(notice.by, notice.name, notice.color, notice.pointer);
        break;
      case 'error':
        this.#refused(notice.code, notice.fatal);
        break;
      default:
    }
  }

  #refused(code: string, fatal: boolean): void {
    if (this.#places.place === null) {
      const { wrong, wait } = this.#texts;
      const problem = { invalid_code: wrong, rate_limited: wait, limit_reached: wait }[code];
      if (problem !== undefined) {
        this.#entry.ask(problem);
        return;
      }
    }
    // One link for a phone too many.
    if (code === 'limit_reached' && !this.#live) this.#showLive();
    if (fatal) this.#end(this.#texts.ended);
  }

  /** The place is there, the consent is not: an agent asks, or the customer offers. */
  #askAgain(agent: string): void {
    const days = this.#rules?.record_days ?? null;
    this.#live = false;
    askConsent(
      this.#panel,
      this.#texts,
      agent,
      location.host,
      consentNotes(this.#texts, days, this.#edits),
      () => {
        const { place } = this.#places;
        if (place !== null) this.#places.keep({ ...place, days });
        this.#tell();
        this.#link.session({ type: 'set_consent', scope: 'page', granted: true });
      },
      () => this.#showLive(),
    );
  }

  #session(said: ServerMessage): void {
    if (said.type === 'consent_changed') {
      const granted = said.consent.granted.includes('page');
      if (granted && !this.#consent) this.#share();
      if (!granted && this.#consent) this.#end(this.#texts.ended);
    } else if (said.type === 'welcome') {
      const own = said.surfaces.find(({ kind, owner }) => kind === 'page' && owner === said.you);
      this.#surface = own?.id ?? this.#surface;
    } else if (said.type === 'surface_updated' && said.surface.kind === 'page') {
      this.#surface = said.surface.id;
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
    this.#recorder?.stop();
    this.#overlay?.stop();
    this.#executor?.stop();
    const ready = this.#editing.ready(rules);
    const recorder = new Recorder({
      rules: ready,
      port: this.#link,
      send: (event) => this.#link.send(event),
      isOurs: (node) => node === this.#panel.host,
      closedRoots: this.#closedRoots,
      guests: { tenant: this.#start.tenant, rules: () => this.#rules },
    });
    this.#recorder = recorder;
    this.#executor = new Executor(recorder, ready, rules.origins, () => this.#takeBack());
    this.#executor.learn(document);
    this.#overlay = new PageOverlay(this.#panel, recorder);
    this.#overlay.drawings(this.#drawings);
    if (this.#paused) recorder.pause();
    void recorder.start().then(() => this.#where());
    const { signal } = this.#stop;
    if (this.#hatching === 0) {
      this.#hatching = window.setInterval(() => this.#overlay?.hatch(), 400);
      document.addEventListener('visibilitychange', () => this.#where(), { signal });
      window.addEventListener('focus', () => this.#where(), { signal });
      this.#hand = new Hand(
        {
          panel: this.#panel.host,
          recorder: () => this.#recorder,
          controlled: () => (this.#executor?.grants.length ?? 0) > 0,
          shared: () => this.#consent && !this.#paused,
          takeBack: () => this.#takeBack(),
          say: (pointer) => this.#link.say({ type: 'pointer', pointer }),
        },
        signal,
      );
      // A page that comes back from the browser's memory has lost its socket's turn.
      window.addEventListener('pageshow', (event) => event.persisted && location.reload(), {
        signal,
      });
    }
    this.#showLive();
  }

  /** Says what the customer has read about keeping and agreed to. */
  #tell(): void {
    this.#link.say({ type: 'told', record_days: this.#places.place?.days ?? null });
  }

  /** True in a tab that was opened to edit the company's rules. */
  get #edits(): boolean {
    return this.#places.place?.rules === true;
  }

  #where(): void {
    const recorder = this.#recorder;
    if (recorder === null || !this.#consent) return;
    recorder.gate.look();
    const { title, url } = recorder.gate.place(document, location.href);
    this.#link.say({ type: 'where', title, url, front: !document.hidden });
  }

  /** True while the card says how things stand, and asks nothing. */
  #live = false;

  #showLive(): void {
    this.#live = true;
    const standing = {
      agent: this.#agent,
      shared: this.#consent,
      paused: this.#paused,
      controlled: (this.#executor?.grants.length ?? 0) > 0,
      kept: (this.#places.place?.days ?? null) !== null,
      unread: this.#talk.unread,
    };
    showStanding(this.#panel, this.#texts, standing, {
      share: () => this.#askAgain(this.#agent),
      leave: () => this.#leave(),
      chat: () => this.#talk.toggle(),
      pause: (paused) => this.#pause(paused),
      hide: () => this.#pickHidden(),
      takeBack: () => this.#takeBack(),
      finish: () => this.#finish(),
    });
  }

  #pause(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.#recorder?.pause();
    if (this.#surface !== null)
      this.#link.session({ type: 'set_paused', surface: this.#surface as never, paused });
    if (!paused) this.#recorder?.resume();
    if (paused) this.#takeBack();
    this.#showLive();
  }

  #pickHidden(): void {
    this.#live = false;
    this.#panel.message(this.#texts.hideHelp);
    this.#panel.pick((element) => {
      if (element !== null) this.#recorder?.hide(element);
      this.#overlay?.hatch();
      this.#showLive();
    });
  }

  #askControl(agent: string, kinds: readonly ControlKind[]): void {
    if (!this.#consent || this.#paused) return;
    this.#live = false;
    askControl(
      this.#panel,
      this.#texts,
      agent,
      kinds,
      (chosen) => this.#grant(chosen),
      () => this.#showLive(),
    );
  }

  #grant(kinds: readonly ControlKind[]): void {
    this.#executor?.grant(kinds);
    this.#link.say({ type: 'grants', kinds: [...kinds] });
    this.#hand?.rest();
    this.#showLive();
  }

  #takeBack(): void {
    if ((this.#executor?.grants.length ?? 0) === 0) return;
    this.#grant([]);
  }

  /** The customer leaves the conversation in which nothing is shared. */
  #leave(): void {
    this.#link.session({ type: 'leave' });
    this.#end(null);
  }

  /** The customer stops sharing: this tab, and the consent with the last one. */
  #finish(): void {
    this.#link.say({ type: 'close' });
    this.#end(null);
  }

  #end(text: string | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#consent = false;
    this.#places.forget();
    this.#stop.abort();
    clearInterval(this.#hatching);
    this.#entry.stop();
    this.#talk.close();
    this.#recorder?.stop();
    this.#executor?.stop();
    this.#overlay?.stop();
    this.#link.close();
    if (text === null) this.#panel.remove();
    else {
      this.#panel.message(text);
      setTimeout(() => this.#panel.remove(), 6_000);
    }
    running = null;
  }

  /** Figures for measurements, and the number of a node. Nothing that the page does not know. */
  get figures(): Figures {
    const recorder = this.#recorder;
    return {
      idOf: (node) => recorder?.mirror.idOf(node) ?? null,
      sent: this.#link.sent,
      blockMs: recorder?.blockMs ?? 0,
      nodes: recorder?.mirror.size ?? 0,
      looks: recorder?.looks ?? 0,
      events: recorder?.events ?? 0,
      busy: recorder?.busy ?? true,
    };
  }
}

export interface Figures {
  readonly idOf: (node: Node) => number | null;
  /** Bytes that left for the page. */
  readonly sent: number;
  readonly blockMs: number;
  readonly nodes: number;
  readonly looks: number;
  readonly events: number;
  readonly busy: boolean;
}

let running: Cobrowse | null = null;
const { sightlineStart, sightlineGuest } = window as unknown as {
  sightlineStart?: (run: (start: Start) => void) => void;
  sightlineGuest?: (run: (port: MessagePort) => void) => void;
};
sightlineGuest?.(showToParent);
sightlineStart?.((start) => {
  running ??= new Cobrowse(start);
  Object.assign(window, { sightlineFigures: () => running?.figures ?? null });
});
