import { decodeServerMessage, InvalidMessageError } from './decode';
import type { Environment } from './environment';
import { PROTOCOL_VERSION } from './generated/limits';
import type { ClientMessage, ServerMessage } from './generated/types';

/** First wait before connecting again; doubled with each failure. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8_000;
const PING_EVERY_MS = 5_000;
/** Without any answer for this long the connection is taken for dead. */
const SILENCE_MS = 12_000;
const OPEN_WITHIN_MS = 10_000;
/** Close code for a connection that a newer one of the same participant replaced. */
const REPLACED = 4001;
/** Close codes after which the same would only happen again: too many bad messages, and refused. */
const FINAL = [4003, 4004];

/** What a {@link Link} tells its owner. */
export interface LinkHandlers {
  message(message: ServerMessage): void;
  /** The connection is lost and will be tried again. */
  lost(): void;
  /** The same participant connected somewhere else; this connection does not come back. */
  replaced(): void;
  /** The server does not want this connection; it does not come back. */
  refused(): void;
  invalid(error: InvalidMessageError): void;
  rtt(ms: number): void;
}

/**
 * A WebSocket that says hello, pings, and comes back by itself with growing, jittered pauses.
 * Messages sent while it is down are dropped: whoever needs them again sends them after `welcome`.
 */
export class Link {
  readonly #env: Environment;
  readonly #url: string;
  readonly #token: string;
  readonly #handlers: LinkHandlers;
  #socket: WebSocket | null = null;
  #welcomed = false;
  #closed = true;
  #failures = 0;
  #nonce = 0;
  #pingSentAt = new Map<number, number>();
  #heardAt = 0;
  #cancelTimer: () => void = () => {};

  constructor(env: Environment, url: string, token: string, handlers: LinkHandlers) {
    this.#env = env;
    this.#url = url;
    this.#token = token;
    this.#handlers = handlers;
  }

  open(): void {
    if (!this.#closed) return;
    this.#closed = false;
    this.#connect();
  }

  /** Closes for good; {@link open} starts again. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer();
    this.#drop();
  }

  /** Tries at once, for when the browser says that the network is back. */
  retryNow(): void {
    if (this.#closed || this.#socket !== null) return;
    this.#cancelTimer();
    this.#connect();
  }

  /** False when the message was dropped because the connection is down. */
  send(message: ClientMessage): boolean {
    if (!this.#welcomed || this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #connect(): void {
    const socket = this.#env.openSocket(this.#url);
    this.#socket = socket;
    this.#heardAt = this.#env.now();
    this.#cancelTimer = this.#env.after(OPEN_WITHIN_MS, () => this.#fail(socket));
    socket.onopen = () => {
      socket.send(
        JSON.stringify({
          type: 'hello',
          protocol: PROTOCOL_VERSION,
          token: this.#token,
          tracks_anchors: false,
        } satisfies ClientMessage),
      );
    };
    socket.onmessage = (event) => this.#take(socket, event.data);
    socket.onclose = (event) => {
      if (event.code === REPLACED) this.#stop(socket, () => this.#handlers.replaced());
      else if (FINAL.includes(event.code)) this.#stop(socket, () => this.#handlers.refused());
      else this.#fail(socket);
    };
    // `close` follows every `error` and carries nothing less.
    socket.onerror = () => {};
  }

  #take(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== 'string') return;
    this.#heardAt = this.#env.now();
    let message: ServerMessage;
    try {
      message = decodeServerMessage(data);
    } catch (error) {
      if (error instanceof InvalidMessageError) this.#handlers.invalid(error);
      return;
    }
    if (message.type === 'welcome') {
      this.#welcomed = true;
      this.#failures = 0;
      this.#cancelTimer();
      this.#ping(socket);
    } else if (message.type === 'pong') {
      const sentAt = this.#pingSentAt.get(message.nonce);
      this.#pingSentAt.clear();
      if (sentAt !== undefined) this.#handlers.rtt(Math.round(this.#heardAt - sentAt));
    }
    this.#handlers.message(message);
  }

  #ping(socket: WebSocket): void {
    if (this.#env.now() - this.#heardAt > SILENCE_MS) {
      this.#fail(socket);
      return;
    }
    this.#nonce += 1;
    this.#pingSentAt.set(this.#nonce, this.#env.now());
    this.send({ type: 'ping', nonce: this.#nonce });
    this.#cancelTimer = this.#env.after(PING_EVERY_MS, () => this.#ping(socket));
  }

  #fail(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#cancelTimer();
    this.#drop();
    if (this.#closed) return;
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    // Half of the pause is random, so that all clients of a restarted server do not come at once.
    const wait = longest * (0.5 + 0.5 * this.#env.random());
    this.#cancelTimer = this.#env.after(wait, () => this.#connect());
    this.#handlers.lost();
  }

  /** Coming back would replace the newer connection in turn, or be refused, and so on for ever. */
  #stop(socket: WebSocket, tell: () => void): void {
    if (socket !== this.#socket || this.#closed) return;
    this.close();
    tell();
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    this.#pingSentAt.clear();
    if (socket !== null) {
      socket.onopen = null;
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
  }
}
