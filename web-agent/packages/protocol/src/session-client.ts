import { AnnotationLog } from './annotation-log';
import { decodeServerMessage } from './decode';
import { Emitter } from './emitter';
import { BROWSER, clientId, type Environment } from './environment';
import type {
  AnnotationEvent,
  AnnotationId,
  ClientMessage,
  ConsentScope,
  ErrorCode,
  ReceivedTrack,
  ServerMessage,
  SurfaceId,
  SurfaceKind,
} from './generated/types';
import { Link } from './link';
import { Outbox, type Request } from './outbox';
import { Peer, type Sending } from './peer';
import { type Publication, publicationOf } from './publication';
import type { CursorPacket, PosePacket, RealtimePacket } from './realtime';
import {
  type ConnectionState,
  INITIAL_STATE,
  type NewAnnotation,
  type RemoteTrack,
  reduce,
  type SessionState,
} from './state';

/** Live pointers are sent at most this often. */
const CURSOR_EVERY_MS = 33;

export interface SessionClientOptions {
  /** Address of the WebSocket, such as `wss://host/api/ws`; see {@link webSocketUrl}. */
  readonly url: string;
  /** The participant's token out of `Joined`. */
  readonly token: string;
  /**
   * `auto` (default) opens the peer connection after the first welcome; `manual` waits for
   * {@link SessionClient.startMedia} or the first {@link SessionClient.publish}, for a customer
   * who has not consented yet.
   */
  readonly media?: 'auto' | 'manual';
  /** Replaces the browser in tests. */
  readonly environment?: Environment;
}

/** A refused request or a fault. */
export interface SessionError {
  readonly code: ErrorCode | 'invalid_message';
  readonly message: string;
  readonly clientId: string | null;
}

/** What a {@link SessionClient} tells; see {@link SessionClient.on}. */
export interface SessionEvents {
  /** Anything in {@link SessionClient.state} changed. */
  state: SessionState;
  /** Every valid message, after the state took it in. */
  message: ServerMessage;
  /** An annotation event took effect while connected (not the replay of a welcome). */
  annotation: AnnotationEvent;
  poses: PosePacket;
  cursor: CursorPacket;
  error: SessionError;
}

/** A live pointer without its author, which the server writes. */
export type OwnCursor = Omit<CursorPacket, 'kind' | 'participant'>;

/** One participant's connection to one session. */
export class SessionClient {
  readonly #env: Environment;
  readonly #link: Link;
  readonly #emitter = new Emitter<SessionEvents>();
  readonly #log = new AnnotationLog();
  readonly #outbox = new Outbox();
  readonly #sendings: Sending[] = [];
  readonly #streams = new Map<MediaStreamTrack, MediaStream>();
  #state: SessionState = INITIAL_STATE;
  #peer: Peer | null = null;
  #peerFailures = 0;
  #offerNumber = 0;
  #slots = { video: 1, audio: 1 };
  #received: readonly ReceivedTrack[] = [];
  #mediaWanted: boolean;
  #clock: { readonly serverMs: number; readonly at: number } | null = null;
  #cursor: OwnCursor | null = null;
  #cancelCursor: (() => void) | null = null;
  #cancelPeer: () => void = () => {};

  constructor(options: SessionClientOptions) {
    this.#env = options.environment ?? BROWSER;
    this.#mediaWanted = options.media !== 'manual';
    this.#link = new Link(this.#env, options.url, options.token, {
      message: (message) => this.#take(message),
      lost: () => this.#lost(),
      replaced: () => this.#finish('replaced'),
      invalid: (error) =>
        this.#report({ code: 'invalid_message', message: error.message, clientId: null }),
      rtt: (rttMs) => this.#update({ rttMs }),
    });
  }

  /** The session as it stands; a new object after each change (fits `useSyncExternalStore`). */
  get state(): SessionState {
    return this.#state;
  }

  /** Tells `listener` about events until the returned function is called. */
  on<K extends keyof SessionEvents>(
    type: K,
    listener: (value: SessionEvents[K]) => void,
  ): () => void {
    return this.#emitter.on(type, listener);
  }

  /** Like `on('state', …)` without the value; usable unbound. */
  readonly subscribe = (listener: () => void): (() => void) =>
    this.#emitter.on('state', () => listener());

  connect(): void {
    this.#update({ connection: 'connecting' });
    this.#link.open();
  }

  /** Tries again at once, for when the browser says that the network is back. */
  retryNow(): void {
    this.#link.retryNow();
  }

  /** Closes everything on this side without telling the server; the token stays valid. */
  close(): void {
    this.#finish('idle');
  }

  /** Tells the server, then closes. The session goes on. */
  leave(): void {
    this.#link.send({ type: 'leave' });
    this.#finish('left');
  }

  /** Ends the session for everybody; the server's `session_ended` closes this side too. */
  endSession(): void {
    this.#link.send({ type: 'end_session' });
  }

  /** Opens the peer connection now, with `media: 'manual'`. */
  startMedia(): void {
    this.#mediaWanted = true;
    if (this.#state.connection === 'live' && this.#peer === null) this.#openPeer();
  }

  /**
   * Sends a track, also over later connections, until the publication is stopped. The server wants
   * the consent for its surface first.
   *
   * @throws when the server refuses it or the connection is lost before it answered.
   */
  async publish(track: MediaStreamTrack, surface: SurfaceKind | null): Promise<Publication> {
    const kind = track.kind === 'audio' ? 'audio' : 'video';
    const sending: Sending = { track, kind, surface, paused: false, transceiver: null };
    this.#sendings.push(sending);
    try {
      if (this.#peer === null) {
        this.#mediaWanted = true;
        if (this.#state.connection === 'live') await this.#openPeer();
      } else {
        await this.#peer.add(sending);
      }
    } catch (error) {
      this.#forget(sending);
      await this.#peer?.remove(sending);
      throw error;
    }
    return publicationOf(sending, async () => {
      this.#forget(sending);
      await this.#peer?.remove(sending);
    });
  }

  /** Returns the `client_id` of the request, as do the other requests. */
  addAnnotation(annotation: NewAnnotation): string {
    const { surface, frameTime, attach, shape, width } = annotation;
    const request = {
      type: 'annotation_add',
      surface,
      frame_time: frameTime,
      attach,
      shape,
      width,
    };
    return this.#request(request as Request);
  }

  removeAnnotation(id: AnnotationId): string {
    return this.#request({ type: 'annotation_remove', id });
  }

  /** Takes back the own last step. */
  undo(): string {
    return this.#request({ type: 'annotation_undo' });
  }

  /** Brings back the own last undone step. */
  redo(): string {
    return this.#request({ type: 'annotation_redo' });
  }

  clear(surface: SurfaceId): string {
    return this.#request({ type: 'annotation_clear', surface });
  }

  sendChat(text: string): string {
    return this.#request({ type: 'chat_send', text });
  }

  setConsent(scope: ConsentScope, granted: boolean): void {
    this.send({ type: 'set_consent', scope, granted });
  }

  requestSurface(kind: SurfaceKind): void {
    this.send({ type: 'request_surface', kind });
  }

  setPaused(surface: SurfaceId, paused: boolean): void {
    this.send({ type: 'set_paused', surface, paused });
  }

  stopSurface(surface: SurfaceId): void {
    this.send({ type: 'stop_surface', surface });
  }

  /** Asks the tracker to keep a frame while somebody draws on it. */
  holdFrame(surface: SurfaceId, frameTime: number, hold: boolean): void {
    this.send({ type: 'hold_frame', surface, frame_time: frameTime, hold });
  }

  /** Sends the live pointer, the newest at most 30 times a second. */
  sendCursor(cursor: OwnCursor): void {
    this.#cursor = cursor;
    if (this.#cancelCursor !== null) return;
    this.#flushCursor();
    const again = () => {
      this.#cancelCursor = this.#cursor === null ? null : this.#env.after(CURSOR_EVERY_MS, again);
      this.#flushCursor();
    };
    this.#cancelCursor = this.#env.after(CURSOR_EVERY_MS, again);
  }

  /** Milliseconds since the session began, by the server's clock; null before the welcome. */
  sessionMs(): number | null {
    return this.#clock === null ? null : this.#clock.serverMs + this.#env.now() - this.#clock.at;
  }

  /** For messages without a method of their own. False when the connection is down. */
  send(message: ClientMessage): boolean {
    return this.#link.send(message);
  }

  #request(request: Request): string {
    const id = clientId(() => this.#env.random());
    const message = { ...request, client_id: id } as ClientMessage & { client_id: string };
    if (!this.#outbox.add(message)) {
      this.#report({
        code: 'limit_reached',
        message: 'too many requests wait for the connection',
        clientId: id,
      });
      return id;
    }
    this.#sendRequest(message);
    this.#update({ pending: this.#outbox.annotations });
    return id;
  }

  #sendRequest(message: ClientMessage): void {
    const overChannel = message.type !== 'chat_send';
    if (overChannel && this.#peer?.sendText(JSON.stringify(message)) === true) return;
    this.#link.send(message);
  }

  #take(message: ServerMessage): void {
    const state = reduce(this.#state, message);
    if (state !== this.#state) this.#update(state);
    switch (message.type) {
      case 'welcome':
        this.#welcomed(message);
        break;
      case 'pong':
        this.#clock = {
          serverMs: message.at_ms + (this.#state.rttMs ?? 0) / 2,
          at: this.#env.now(),
        };
        break;
      case 'answer':
        this.#received = message.tracks;
        void this.#peer?.takeAnswer(message.number, message.sdp);
        break;
      case 'tracks':
        this.#received = message.tracks;
        this.#tracksChanged();
        break;
      case 'media_slots':
        this.#slots = { video: message.video, audio: message.audio };
        this.#peer?.setSlots(this.#slots);
        this.#peer?.negotiate().catch(() => {});
        break;
      case 'annotation_events':
        this.#takeEvents(message.events, true);
        break;
      case 'chat':
        this.#outbox.settle(message.message.client_id);
        break;
      case 'error':
        this.#takeError(message);
        break;
      case 'session_ended':
        this.#finish('ended');
        break;
      default:
        break;
    }
    this.#emitter.emit('message', message);
  }

  #welcomed(welcome: ServerMessage & { type: 'welcome' }): void {
    this.#clock = { serverMs: welcome.session.age_ms, at: this.#env.now() };
    this.#slots = { video: welcome.video_slots, audio: welcome.audio_slots };
    this.#log.reset();
    this.#takeEvents(welcome.annotations, false);
    for (const { client_id } of welcome.chat) this.#outbox.settle(client_id);
    this.#update({ connection: 'live', pending: this.#outbox.annotations });
    // Whatever is still open may or may not have arrived: its `client_id` keeps it from being
    // carried out twice.
    for (const message of this.#outbox.messages) this.#link.send(message);
    if (this.#mediaWanted) this.#openPeer().catch(() => {});
  }

  #takeEvents(events: readonly AnnotationEvent[], live: boolean): void {
    const { applied, syncAfter } = this.#log.apply(events);
    for (const event of applied) {
      if (event.by === this.#state.you) this.#outbox.settle(event.client_id);
    }
    if (applied.length > 0 || !live) {
      this.#update({ annotations: this.#log.visible, pending: this.#outbox.annotations });
    }
    if (syncAfter !== null) this.#link.send({ type: 'annotation_sync', after: syncAfter });
    if (live) for (const event of applied) this.#emitter.emit('annotation', event);
  }

  #takeError(error: ServerMessage & { type: 'error' }): void {
    const requestId = error.client_id ?? null;
    if (requestId !== null) {
      this.#outbox.settle(requestId);
      this.#update({ pending: this.#outbox.annotations });
    } else if (this.#peer?.waitsForAnswer === true && refusesOffers(error.code)) {
      void this.#peer.takeRefusal(new Error(`${error.code}: ${error.message}`));
    }
    if (error.fatal && (error.code === 'session_ended' || error.code === 'not_found')) {
      this.#finish('ended');
    } else if (error.fatal && refusesParticipants(error.code)) {
      this.#finish('refused');
    }
    this.#report({ code: error.code, message: error.message, clientId: requestId });
  }

  /** A new connection with everything that is published; resolves when the server took it. */
  #openPeer(): Promise<void> {
    this.#closePeer();
    const peer = new Peer(
      this.#env,
      {
        send: (message) => this.#link.send(message),
        media: (media) => {
          if (media === 'connected') this.#peerFailures = 0;
          this.#update({ media });
        },
        text: (text) => this.#takeText(text),
        packet: (packet) => this.#takePacket(packet),
        tracksChanged: () => this.#tracksChanged(),
        quality: (quality) => this.#link.send({ type: 'report_quality', quality }),
        broken: () => this.#peerBroke(),
      },
      this.#slots,
      this.#offerNumber + 1,
    );
    this.#peer = peer;
    const taken = this.#sendings.map((sending) => peer.add(sending));
    return Promise.all(taken.length > 0 ? taken : [peer.negotiate()]).then(() => {});
  }

  #peerBroke(): void {
    this.#closePeer();
    if (this.#state.connection !== 'live') return;
    // Where UDP is blocked each new connection fails too; the pauses grow up to 8 s.
    const wait = Math.min(8_000, 500 * 2 ** this.#peerFailures);
    this.#peerFailures += 1;
    this.#cancelPeer = this.#env.after(wait, () => this.#openPeer().catch(() => {}));
  }

  #closePeer(): void {
    this.#cancelPeer();
    if (this.#peer === null) return;
    this.#offerNumber = Math.max(this.#offerNumber, this.#peer.number);
    const peer = this.#peer;
    this.#peer = null;
    peer.close();
    this.#received = [];
    this.#tracksChanged();
  }

  #takeText(text: string): void {
    try {
      this.#take(decodeServerMessage(text));
    } catch (error) {
      const message = error instanceof Error ? error.message : 'unreadable';
      this.#report({ code: 'invalid_message', message, clientId: null });
    }
  }

  #takePacket(packet: RealtimePacket): void {
    if (packet.kind === 'poses') this.#emitter.emit('poses', packet);
    else this.#emitter.emit('cursor', packet);
  }

  #tracksChanged(): void {
    const tracks: RemoteTrack[] = [];
    for (const { mid, from, kind, surface } of this.#received) {
      const track = this.#peer?.receiving(mid) ?? null;
      if (track === null) continue;
      let stream = this.#streams.get(track);
      if (stream === undefined) {
        stream = this.#env.createStream(track);
        this.#streams.set(track, stream);
      }
      tracks.push({ mid, from, kind, surface: surface ?? null, track, stream });
    }
    for (const known of [...this.#streams.keys()]) {
      if (!tracks.some((entry) => entry.track === known)) this.#streams.delete(known);
    }
    this.#update({ tracks });
  }

  #flushCursor(): void {
    if (this.#cursor === null) return;
    this.#peer?.sendPacket({ ...this.#cursor, kind: 'cursor', participant: 0 });
    this.#cursor = null;
  }

  #lost(): void {
    // The server gives a new peer connection to a new signalling connection.
    this.#closePeer();
    const first = this.#state.session === null;
    this.#update({
      connection: first ? 'connecting' : 'reconnecting',
      media: this.#mediaWanted ? 'connecting' : 'off',
      rttMs: null,
    });
  }

  #finish(connection: ConnectionState): void {
    this.#link.close();
    this.#closePeer();
    this.#cancelCursor?.();
    this.#cancelCursor = null;
    for (const sending of this.#sendings.splice(0)) sending.track.stop();
    this.#update({ connection, media: 'off' });
  }

  #forget(sending: Sending): void {
    const index = this.#sendings.indexOf(sending);
    if (index >= 0) this.#sendings.splice(index, 1);
  }

  #update(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    this.#emitter.emit('state', this.#state);
  }

  #report(error: SessionError): void {
    console.warn(`session: ${error.code}: ${error.message}`);
    this.#emitter.emit('error', error);
  }
}

const refusesOffers = (code: ErrorCode): boolean =>
  code === 'media_failed' || code === 'consent_missing' || code === 'forbidden';

const refusesParticipants = (code: ErrorCode): boolean =>
  code === 'unauthenticated' || code === 'forbidden' || code === 'version_mismatch';

/** Address of the WebSocket on the server that served the page. */
export function webSocketUrl(location: {
  readonly protocol: string;
  readonly host: string;
}): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/ws`;
}
