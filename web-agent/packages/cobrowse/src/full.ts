// The script behind the loader: joins the session, asks, and shares the page while that is allowed.

import type { ControlKind, PageRules, TabNotice } from '@sightline/protocol';
import { PROTOCOL_VERSION } from '../../protocol/src/generated/limits';
import { Executor } from './executor';
import { Link } from './link';
import { PageOverlay } from './overlay';
import { button, Panel } from './panel';
import { Recorder } from './recorder';
import { readyRules } from './rules';
import { textsFor } from './texts';

/** What the loader hands over. */
export interface Start {
  /** Origin of the server. */
  readonly host: string;
  readonly tenant: string;
  readonly code: string | null;
}

/** The place in the session, kept for the next page of the site in this tab. */
interface Place {
  readonly token: string;
  readonly tab: string;
  readonly agent: string;
}

const KEY = 'sightline.cobrowse';
/** Time in which the tab that this one is a copy of would answer. */
const COPY_WAIT_MS = 60;
const KINDS: readonly ControlKind[] = ['click', 'type', 'scroll', 'navigate'];
/** Pixels that the customer moves the mouse to take control back. */
const TAKE_BACK_PX = 60;
const POINTER_EVERY_MS = 50;

class Cobrowse {
  readonly #start: Start;
  readonly #texts = textsFor(navigator.languages);
  readonly #panel = new Panel();
  readonly #link: Link;
  readonly #closedRoots = new WeakMap<Element, ShadowRoot>();
  #place: Place | null = readPlace();
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

  constructor(start: Start) {
    this.#start = start;
    this.#watchRoots();
    this.#link = new Link(start.host, {
      open: () => this.#hello(),
      notice: (notice) => this.#notice(notice),
      closed: () => this.#end(this.#texts.ended),
      lost: () => {
        this.#recorder?.pause();
        this.#panel.message(this.#texts.reconnecting);
      },
    });
    if (this.#place === null) this.#askCode(null);
    else this.#comeBack(this.#place);
  }

  /**
   * The next page of a tab that is shared, or a copy of it: browsers copy the storage into a tab
   * that a page opens. A copy is another tab and asks for itself.
   */
  #comeBack(place: Place): void {
    let copy = false;
    this.#hear();
    const answers = new BroadcastChannel(KEY);
    answers.onmessage = ({ data }) => {
      copy ||= data === `here ${place.tab}`;
    };
    answers.postMessage(`who ${place.tab}`);
    setTimeout(() => {
      answers.close();
      if (!copy) {
        this.#here = true;
        this.#link.open();
        return;
      }
      this.#panel.askConsent(
        this.#texts,
        place.agent,
        location.host,
        () => {
          this.#keep({ ...place, tab: freshTab() });
          this.#link.open();
        },
        () => this.#end(null),
      );
    }, COPY_WAIT_MS);
  }

  /** Tells copies of this tab that it is here. */
  #hear(): void {
    const channel = new BroadcastChannel(KEY);
    channel.onmessage = ({ data }) => {
      const own = this.#place?.tab;
      if (this.#here && own !== undefined && data === `who ${own}`)
        channel.postMessage(`here ${own}`);
    };
    this.#stop.signal.addEventListener('abort', () => channel.close());
    window.addEventListener('pagehide', () => channel.close(), { once: true });
  }
  #here = false;

  #keep(place: Place): void {
    this.#place = place;
    this.#here = true;
    sessionStorage.setItem(KEY, JSON.stringify(place));
  }

  #askCode(problem: string | null): void {
    const { code } = this.#start;
    this.#panel.askCode(
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
    const place = this.#place;
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
        this.#hear();
        this.#keep({
          token: notice.joined.token,
          tab: freshTab(),
          agent: this.#preview?.agent ?? '',
        });
        this.#hello();
        break;
      }
      case 'ready':
        this.#rules = notice.rules;
        this.#agent = this.#place?.agent ?? '';
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
    if (this.#place === null || this.#preview === null) {
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
    this.#panel.askConsent(
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
    this.#panel.askConsent(
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
      window.addEventListener('pointermove', (event) => this.#moved(event), {
        signal,
        passive: true,
        capture: true,
      });
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
    const texts = this.#texts;
    const wanted = KINDS.filter((kind) => kinds.includes(kind));
    if (wanted.length === 0 || !this.#consent || this.#paused) return;
    const chosen = new Set(wanted);
    this.#panel.show((card) => {
      const text = document.createElement('p');
      text.textContent = texts.control(agent, wanted.map((kind) => texts.kinds[kind]).join(', '));
      card.append(text);
      for (const kind of wanted) {
        const label = document.createElement('label');
        const box = document.createElement('input');
        box.type = 'checkbox';
        box.checked = true;
        box.style.setProperty('width', '20px');
        box.style.setProperty('min-height', '20px');
        box.style.setProperty('vertical-align', 'middle');
        box.style.setProperty('margin', '0 8px 0 0');
        box.addEventListener('change', (event) => {
          if (!event.isTrusted) return;
          if (box.checked) chosen.add(kind);
          else chosen.delete(kind);
        });
        label.append(box, texts.kinds[kind]);
        card.append(label);
      }
      card.append(
        button(texts.allowControl, () => this.#grant([...chosen]), true),
        button(texts.refuse, () => this.#showLive()),
      );
    });
  }

  #grant(kinds: readonly ControlKind[]): void {
    this.#executor?.grant(kinds);
    this.#link.say({ type: 'grants', kinds: [...kinds] });
    this.#origin = null;
    this.#showLive();
  }

  #takeBack(): void {
    if ((this.#executor?.grants.length ?? 0) === 0) return;
    this.#grant([]);
  }
  #origin: { x: number; y: number; at: number } | null = null;
  #pointerAt = 0;

  #moved(event: PointerEvent): void {
    if (!event.isTrusted || this.#recorder === null) return;
    const { clientX: x, clientY: y, timeStamp } = event;
    if (
      (this.#executor?.grants.length ?? 0) > 0 &&
      !event.composedPath().includes(this.#panel.host)
    ) {
      if (this.#origin === null || timeStamp - this.#origin.at > 1_000)
        this.#origin = { x, y, at: timeStamp };
      else if (Math.hypot(x - this.#origin.x, y - this.#origin.y) > TAKE_BACK_PX) this.#takeBack();
    }
    if (timeStamp - this.#pointerAt < POINTER_EVERY_MS || this.#paused || !this.#consent) return;
    this.#pointerAt = timeStamp;
    const target = event.composedPath()[0];
    const node = target instanceof Element ? this.#recorder.mirror.idOf(target) : null;
    const element = node === null ? null : this.#recorder.elementOf(node);
    const box = element?.getBoundingClientRect();
    const pointer =
      box === undefined || box.width === 0
        ? { node: null, x: Math.round(x), y: Math.round(y), visible: true }
        : {
            node,
            x: share((x - box.left) / box.width),
            y: share((y - box.top) / box.height),
            visible: true,
          };
    this.#link.say({ type: 'pointer', pointer });
  }

  /** New shadow roots, closed ones among them, are noted as they are made. */
  #watchRoots(): void {
    const original = Element.prototype.attachShadow;
    const made = (host: Element, root: ShadowRoot): void => {
      this.#closedRoots.set(host, root);
      queueMicrotask(() => this.#recorder?.rootAdded(host));
    };
    const panel = this.#panel.host;
    Element.prototype.attachShadow = function attachShadow(options: ShadowRootInit): ShadowRoot {
      const root = original.call(this, options);
      if (this !== panel) made(this, root);
      return root;
    };
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
    sessionStorage.removeItem(KEY);
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

function freshTab(): string {
  const random = crypto.getRandomValues(new Uint8Array(12));
  return `tab_${Array.from(random, (byte) => (byte % 36).toString(36)).join('')}`;
}

const share = (value: number): number => Math.round(value * 1000) / 1000;

function readPlace(): Place | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Place | null;
  } catch {
    return null;
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
