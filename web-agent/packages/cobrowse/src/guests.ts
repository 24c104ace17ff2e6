// Frames of another origin, seen from the page around them. Nobody can look inside but a script of
// their own: where a frame's page has the line of code and names this origin in `data-frames`, that
// script shows it through its own gate, and what it let through is put into its place here.

import type { PageRules } from '@sightline/protocol';
import type { AssetPort } from './assets';
import type { Gate } from './gate';
import type { Mirror } from './mirror';
import type { Changes } from './wire';

/** Frames that are shown at one time. */
const MOST = 8;
/** Numbers that a guest's nodes may have; the page's own stay below the first. */
const ROOM = 10_000_000;

/** From the page around to the frame. */
export type ToGuest =
  | { readonly type: 'show'; readonly rules: PageRules }
  | { readonly type: 'pause' }
  | { readonly type: 'stop' }
  | { readonly type: 'missing'; readonly hashes: readonly string[] };

/** From the frame to the page around. */
export type FromGuest =
  | { readonly type: 'event'; readonly snapshot: boolean; readonly json: string }
  | { readonly type: 'have'; readonly hashes: readonly string[] }
  | { readonly type: 'upload'; readonly hash: Uint8Array; readonly content: Uint8Array };

export interface GuestsHost {
  readonly gate: Gate;
  readonly mirror: Mirror;
  readonly assets: AssetPort;
  readonly tenant: string;
  rules(): PageRules | null;
  send(ops: Changes): void;
}

interface Guest {
  readonly frame: HTMLIFrameElement;
  readonly port: MessagePort;
  readonly first: number;
  /** Number of the frame's element under which the guest was shown; 0 while it was not. */
  shownAs: number;
}

export class Guests {
  readonly #host: GuestsHost;
  readonly #guests = new Map<Window, Guest>();
  #asked = new Set<HTMLIFrameElement>();
  #next = 1;
  /** A frame answers each of us once. */
  readonly #id = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  #paused = false;

  constructor(host: GuestsHost, signal: AbortSignal) {
    this.#host = host;
    window.addEventListener('message', (event) => this.#heard(event), { signal });
    signal.addEventListener('abort', () => {
      for (const guest of this.#guests.values()) {
        say(guest, { type: 'stop' });
        guest.port.close();
      }
    });
  }

  /** Asks frames that nobody can look into whether they show themselves. */
  look(frames: Iterable<HTMLIFrameElement>): void {
    const { gate, mirror, tenant } = this.#host;
    this.#asked = new Set();
    for (const [view, guest] of this.#guests) {
      if (guest.frame.isConnected && guest.frame.contentWindow === view) continue;
      guest.port.close();
      this.#guests.delete(view);
    }
    for (const frame of frames) {
      const view = frame.contentWindow;
      if (view === null || gate.level(frame) > 0 || gate.rootIn(frame) !== null) continue;
      this.#asked.add(frame);
      const known = this.#guests.get(view);
      if (known === undefined) view.postMessage({ sightline: 'who', tenant, id: this.#id }, '*');
      else if (known.shownAs !== mirror.numberOf(frame)) this.#show(known);
    }
  }

  /** The page was sent anew: so must be what stands in it. */
  again(): void {
    this.#paused = false;
    for (const guest of this.#guests.values()) this.#show(guest);
  }

  pause(): void {
    this.#paused = true;
    for (const guest of this.#guests.values()) say(guest, { type: 'pause' });
  }

  #show(guest: Guest): void {
    const rules = this.#host.rules();
    if (rules === null || this.#paused) return;
    guest.shownAs = this.#host.mirror.numberOf(guest.frame) ?? 0;
    say(guest, { type: 'show', rules });
  }

  #heard({ data, source, ports }: MessageEvent): void {
    const [port] = ports;
    if ((data as { sightline?: string } | null)?.sightline !== 'here' || port === undefined) return;
    const frame = [...this.#asked].find((each) => each.contentWindow === source);
    if (frame === undefined || this.#guests.size >= MOST) return;
    // A page that was loaded anew in the same frame takes the place of the last.
    this.#guests.get(source as Window)?.port.close();
    const guest: Guest = { frame, port, first: this.#next++ * ROOM, shownAs: 0 };
    this.#guests.set(source as Window, guest);
    port.onmessage = ({ data: said }) => this.#take(guest, said as FromGuest);
    this.#show(guest);
  }

  #take(guest: Guest, said: FromGuest): void {
    const { gate, mirror, assets, send } = this.#host;
    if (said.type === 'have') {
      void assets.missing(said.hashes).then((hashes) => say(guest, { type: 'missing', hashes }));
    } else if (said.type === 'upload') assets.upload(said.hash, said.content);
    else if (!this.#paused && guest.frame.isConnected) {
      const number = mirror.numberOf(guest.frame);
      // Shown under another number: a new snapshot is under way.
      if (number === null || number !== guest.shownAs) return;
      try {
        gate.look();
        const ops = gate.guest(guest.frame, number, guest.first, said);
        if (ops.length > 0) send(ops);
      } catch {
        // What does not read as a page is not shown.
      }
    }
  }
}

function say({ port }: Guest, message: ToGuest): void {
  port.postMessage(message);
}
