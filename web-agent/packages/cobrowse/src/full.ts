// The script behind the loader: joins the session, asks, and shares the page while that is allowed.

import type { ControlKind, PageRules, TabNotice } from '@sightline/protocol';
import { PROTOCOL_VERSION } from '../../protocol/src/generated/limits';
import { askCode, askConsent, askControl } from './cards';
import { Executor } from './executor';
import { Hand } from './hand';
import { Link } from './link';
import { PageOverlay } from './overlay';
import { button, Panel } from './panel';
import { freshTab, type Place, PlaceKeeper } from './place';
import { Recorder } from './recorder';
import { watchRoots } from './roots';
import { readyRules } from './rules';
import { textsFor } from './texts';

/** What the loader hands over. */
export interface Start {
  /** Origin of the server. */
  readonly host: string;
  readonly tenant: string;
  readonly code: string | null;
}

class Cobrowse {
  readonly #start: Start;
  readonly #texts = textsFor(navigator.languages);
  readonly #panel = new Panel();
  readonly #link: Link;
  readonly #closedRoots = new WeakMap<Element, ShadowRoot>();
  #agent = '';
  #preview: { ticket: string; agent: string; company: string } | null = null;
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
        this.#recorder?.pause();
        this.#panel.message(this.#texts.reconnecting);
      },
    });
    const { place } = this.#places;
    if (place === null) this.#askCode(null);
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
      () => {
        this.#places.keep({ ...place, tab: freshTab() });
        this.#link.open();
      },
      () => this.#end(null),
    );
  }

  #askCode(problem: string | null): void {
    const { code } = this.#start;
    askCode(
      this.#panel,
      this.#texts,
      problem,
      problem === null ? (code ?? '') : '',
      (typed) => {
        this.#code = typed;
        if (this.#opened) this.#sendCode();
        else {
          this.#opened = true;
          this.#link.open();
        }
      },
      () => this.#end(null),
    );
  }
  #code = '';
  #opened = false;

  #sendCode(): void {
    this.#link.say({ type: 'preview', tenant: this.#start.tenant, code: this.#code });
  }

  #hello(): void {
    const { place } = this.#places;
    if (place === null) this.#sendCode();
    else
      this.#link.say({
        type: 'hello',
        protocol: PROTOCOL_VERSION,
        token: place.token,
        tab: place.tab,
      });
  }

  #notice(notice: TabNotice): void {
    switch (notice.type) {
      case 'preview': {
        const { ticket, agent_name, company_name } = notice.preview;
        this.#preview = { ticket, agent: agent_name, company: company_name };
        this.#askConsent();
        break;
      }
      case 'joined': {
        this.#places.hear();
        this.#places.keep({
          token: notice.joined.token,
          tab: freshTab(),
          agent: this.#preview?.agent ?? '',
        });
        this.#hello();
        break;
      }
      case 'ready':
        this.#rules = notice.rules;
        this.#agent = this.#places.place?.agent ?? '';
        if (notice.consent) this.#share();
        else if (this.#agreed)
          this.#link.session({ type: 'set_consent', scope: 'page', granted: true });
        else this.#askAgain();
        break;
      case 'session':
        this.#session(notice.message as { type: string } & Record<string, never>);
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
      case 'marks':
        this.#overlay?.marks(notice.by, notice.marks);
        break;
      case 'error':
        this.#refused(notice.code, notice.fatal);
        break;
      default:
    }
  }
  #agreed = false;

  #refused(code: string, fatal: boolean): void {
    if (this.#places.place === null || this.#preview === null) {
      const problem = { invalid_code: this.#texts.wrong, rate_limited: this.#texts.wait }[code];
      if (problem !== undefined) {
        this.#askCode(problem);
        return;
      }
    }
    if (fatal) this.#end(this.#texts.ended);
  }

  #askConsent(): void {
    const preview = this.#preview;
    if (preview === null) return;
    askConsent(
      this.#panel,
      this.#texts,
      preview.agent,
      preview.company,
      () => {
        this.#agreed = true;
        this.#link.say({ type: 'accept', ticket: preview.ticket });
      },
      () => this.#end(null),
    );
  }

  /** The place is there, the consent is not: taken back, or never given. */
  #askAgain(): void {
    askConsent(
      this.#panel,
      this.#texts,
      this.#agent,
      location.host,
      () => this.#link.session({ type: 'set_consent', scope: 'page', granted: true }),
      () => this.#finish(),
    );
  }

  #session(message: { type: string } & Record<string, never>): void {
    const said = message as unknown as {
      type: string;
      consent?: { granted: string[] };
      surface?: { id: string; kind: string; paused: boolean };
    };
    if (said.type === 'consent_changed') {
      const granted = said.consent?.granted.includes('page') === true;
      if (granted && !this.#consent) this.#share();
      if (!granted && this.#consent) this.#end(this.#texts.ended);
    } else if (said.type === 'surface_updated' && said.surface?.kind === 'page') {
      this.#surface = said.surface.id;
    } else if (said.type === 'session_ended') this.#end(this.#texts.ended);
  }

  /** The customer allows it: from here on the page is seen. */
  #share(): void {
    const rules = this.#rules;
    if (rules === null) return;
    this.#consent = true;
    this.#link.session({ type: 'share_page' });
    this.#recorder?.stop();
    this.#overlay?.stop();
    this.#executor?.stop();
    const ready = readyRules(rules, location.href, document);
    const recorder = new Recorder({
      rules: ready,
      port: this.#link,
      send: (event) => this.#link.send(event),
      isOurs: (node) => node === this.#panel.host,
      closedRoots: this.#closedRoots,
    });
    this.#recorder = recorder;
    this.#executor = new Executor(recorder, ready, rules.origins, () => this.#takeBack());
    this.#executor.learn(document);
    this.#overlay = new PageOverlay(this.#panel, recorder);
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

  #where(): void {
    const recorder = this.#recorder;
    if (recorder === null || !this.#consent) return;
    recorder.gate.look();
    const { title, url } = recorder.gate.place(document, location.href);
    this.#link.say({ type: 'where', title, url, front: !document.hidden });
  }

  #showLive(): void {
    const texts = this.#texts;
    const end = button(texts.end, () => this.#finish());
    if (this.#paused) {
      this.#panel.live(
        texts.paused,
        true,
        button(texts.resume, () => this.#pause(false), true),
        end,
      );
      return;
    }
    if ((this.#executor?.grants.length ?? 0) > 0) {
      this.#panel.live(
        texts.controlled,
        false,
        button(texts.takeBack, () => this.#takeBack(), true),
        end,
      );
      return;
    }
    const pause = button(texts.pause, () => this.#pause(true));
    const hide = button(texts.hide, () => this.#pickHidden());
    this.#panel.live(texts.live(this.#agent), false, pause, hide, end);
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
    this.#panel.message(this.#texts.hideHelp);
    this.#panel.pick((element) => {
      if (element !== null) this.#recorder?.hide(element);
      this.#overlay?.hatch();
      this.#showLive();
    });
  }

  #askControl(agent: string, kinds: readonly ControlKind[]): void {
    if (!this.#consent || this.#paused) return;
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
  get figures(): {
    sent: number;
    blockMs: number;
    nodes: number;
    idOf: (node: Node) => number | null;
  } {
    return {
      idOf: (node) => this.#recorder?.mirror.idOf(node) ?? null,
      sent: this.#link.sent,
      blockMs: this.#recorder?.blockMs ?? 0,
      nodes: this.#recorder?.mirror.size ?? 0,
    };
  }
}

let running: Cobrowse | null = null;
const { sightlineStart } = window as unknown as {
  sightlineStart?: (run: (start: Start) => void) => void;
};
sightlineStart?.((start) => {
  running ??= new Cobrowse(start);
  Object.assign(window, { sightlineFigures: () => running?.figures ?? null });
});
