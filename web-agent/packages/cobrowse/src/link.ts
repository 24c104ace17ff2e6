// The tab's one WebSocket to the relay. Events go out in order, compressed when that pays.

import type { ClientMessage, PageCommand, TabMessage, TabNotice } from '@sightline/protocol';
import type { AssetPort } from './assets';
import type { MaskedEvent } from './gate';

/** Smaller events go out as they are. */
const COMPRESS_FROM = 400;
const RETRY_MS = [300, 1_000, 3_000, 8_000];
/** Bytes that may wait in the socket before changes are held back and a snapshot takes their place. */
const CONGESTED = 2 * 1024 * 1024;

export type { PageCommand, TabNotice };

export interface LinkEvents {
  notice(notice: TabNotice): void;
  /** The connection is open; nobody is known yet. */
  open(): void;
  /** Gone for good, with the close code. */
  closed(code: number): void;
  lost(): void;
}

export class Link implements AssetPort {
  readonly #url: string;
  readonly #events: LinkEvents;
  #socket: WebSocket | null = null;
  #queue: Promise<void> = Promise.resolve();
  /** How often it was hushed: what was given before does not go out after. */
  #hushed = 0;
  #tries = 0;
  #over = false;
  #asked: ((hashes: readonly string[]) => void)[] = [];
  /** Bytes that left for pages, for the benchmark. */
  sent = 0;

  constructor(host: string, events: LinkEvents) {
    this.#url = `${host.replace(/^http/, 'ws')}/api/cobrowse/tab`;
    this.#events = events;
  }

  open(): void {
    this.#opened = true;
    const socket = new WebSocket(this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onopen = () => {
      this.#tries = 0;
      this.#events.open();
    };
    socket.onmessage = ({ data }) => {
      if (typeof data !== 'string') return;
      const notice = JSON.parse(data) as TabNotice;
      if (notice.type === 'missing') this.#asked.shift()?.(notice.hashes);
      else this.#events.notice(notice);
    };
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      for (const each of this.#asked.splice(0)) each([]);
      if (this.#over) return;
      // The server's closing codes after which there is nothing to come back to.
      if ([1000, 4001, 4003, 4004].includes(code)) {
        this.#over = true;
        this.#events.closed(code);
        return;
      }
      this.#events.lost();
      setTimeout(() => this.#over || this.open(), RETRY_MS[Math.min(this.#tries++, 3)]);
    };
  }

  /** True once it was opened, also while it comes back. */
  get isOpen(): boolean {
    return this.#opened;
  }
  #opened = false;

  get congested(): boolean {
    return (this.#socket?.bufferedAmount ?? 0) > CONGESTED;
  }

  say(message: TabMessage): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  session(message: ClientMessage): void {
    this.say({ type: 'session', message: message as never });
  }

  missing(hashes: readonly string[]): Promise<readonly string[]> {
    if (this.#socket?.readyState !== 1) return Promise.resolve([]);
    return new Promise((resolve) => {
      this.#asked.push(resolve);
      this.say({ type: 'have', hashes: [...hashes] });
    });
  }

  upload(hash: Uint8Array, content: Uint8Array): void {
    const frame = new Uint8Array(2 + hash.length + content.length);
    frame[0] = 3;
    frame.set(hash, 2);
    frame.set(content, 2 + hash.length);
    this.#binary(frame);
  }

  /** Sends an event. Only the gate can have made it. */
  send(event: MaskedEvent): void {
    const [socket, hushed] = [this.#socket, this.#hushed];
    this.#queue = this.#queue.then(async () => {
      if (hushed !== this.#hushed) return;
      const raw = new TextEncoder().encode(event.json);
      const small = raw.length >= COMPRESS_FROM ? await deflated(raw) : null;
      const body = small !== null && small.length < raw.length ? small : raw;
      const frame = new Uint8Array(2 + body.length);
      frame[0] = event.snapshot ? 1 : 2;
      frame[1] = body === small ? 1 : 0;
      frame.set(body, 2);
      if (socket === this.#socket && hushed === this.#hushed) this.#binary(frame);
    });
  }

  /** Drops the events that were not sent yet. What comes next has to be a snapshot. */
  hush(): void {
    this.#hushed++;
  }

  #binary(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#socket?.readyState !== 1) return;
    this.sent += frame.length;
    this.#socket.send(frame);
  }

  close(): void {
    this.#over = true;
    this.#socket?.close(1000);
  }
}

async function deflated(raw: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
  if (typeof CompressionStream === 'undefined') return null;
  try {
    const stream = new Blob([raw]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    return null;
  }
}
