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
  ServerMessage,
  SurfaceId,
  SurfaceKind,
} from './generated/types';
import { Link } from './link';
import { MediaLink, type OwnCursor } from './media-link';
import { Outbox, type Request } from './outbox';
import type { Publication } from './publication';
import type { ClockPacket, CursorPacket, PosePacket, RealtimePacket } from './realtime';
import {
  type ConnectionState,
  INITIAL_STATE,
  type NewAnnotation,
  reduce,
  type SessionState,
} from './state';

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
  clock: ClockPacket;
  error: SessionError;
}

/** One participant's connection to one session. */
export class SessionClient {
  readonly #env: Environment;
  readonly #link: Link;
  readonly #emitter = new Emitter<SessionEvents>();
  readonly #log = new AnnotationLog();
  readonly #outbox = new Outbox();
  readonly #media: MediaLink;
  #state: SessionState = INITIAL_STATE;
  #mediaWanted: boolean;
  #clock: { readonly serverMs: number; readonly at: number } | null = null;

  constructor(options: SessionClientOptions) {
    this.#env = options.environment ?? BROWSER;
    this.#mediaWanted = options.media !== 'manual';
    this.#link = new Link(this.#env, options.url, options.token, {
      message: (message) => this.#take(message),
      lost: () => this.#lost(),
      replaced: () => this.#finish('replaced'),
      refused: () => this.#finish('refused'),
      invalid: (error) =>
        this.#report({ code: 'invalid_message', message: error.message, clientId: null }),
      rtt: (rttMs) => this.#update({ rttMs }),
    });
    this.#media = new MediaLink(this.#env, {
      send: (message) => this.#link.send(message),
      media: (media) => this.#update({ media }),
      tracks: (tracks) => this.#update({ tracks }),
      text: (text) => this.#takeText(text),
      packet: (packet) => this.#takePacket(packet),
      quality: (quality) => this.#link.send({ type: 'report_quality', quality }),
      broken: () => this.#sendLostSteps(),
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

  /**
   * Ends the session for everybody; the server's `session_ended` closes this side too. False when
   * the connection is down and nobody heard of it.
   */
  endSession(): boolean {
    return this.#link.send({ type: 'end_session' });
  }

  /** Opens the peer connection now, with `media: 'manual'`. */
  startMedia(): void {
    this.#mediaWanted = true;
    if (this.#state.connection === 'live' && !this.#media.isOpen) this.#openMedia();
  }

  /**
   * Sends a track, also over later connections, until the publication is stopped. The server wants
   * the consent for its surface first.
   *
   * @throws when the server refuses it or the connection is lost before it answered.
   */
  publish(track: MediaStreamTrack, surface: SurfaceKind | null): Promise<Publication> {
    this.#mediaWanted = true;
    return this.#media.publish(track, surface, this.#state.connection === 'live');
  }

  /** Returns the `client_id` of the request, as do the other requests. */
  addAnnotation(annotation: NewAnnotation): string {
    const { surface, frameTime, attach, node = null, shape, width } = annotation;
    const request = {
      type: 'annotation_add',
      surface,
      frame_time: frameTime,
      attach,
      ...(node === null ? {} : { node }),
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

  /** @param filmDays days for which the person read that the film of it is kept; null for none */
  setConsent(scope: ConsentScope, granted: boolean, filmDays: number | null = null): void {
    this.send({
      type: 'set_consent',
      scope,
      granted,
      ...(filmDays === null ? {} : { film_days: filmDays }),
    });
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
    this.#media.sendCursor(cursor);
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

  #sendRequest(message: ClientMessage & { readonly client_id: string }): void {
    // The server carries out what comes first: an undo before its drawing would undo another one.
    const overChannel = message.type !== 'chat_send' && this.#outbox.mayGoOverChannel;
    if (overChannel && this.#media.sendText(JSON.stringify(message))) return;
    this.#sendOverSocket(message);
  }

  #sendOverSocket(message: ClientMessage & { readonly client_id: string }): void {
    if (message.type !== 'chat_send') this.#outbox.goesOverSocket(message.client_id);
    this.#link.send(message);
  }

  /** Steps that went over a data channel which is no more may have been lost with it. */
  #sendLostSteps(): void {
    for (const message of this.#outbox.messages)
      if (message.type !== 'chat_send') this.#sendOverSocket(message);
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
        this.#media.takeAnswer(message);
        break;
      case 'tracks':
        this.#media.takeTracks(message.tracks);
        break;
      case 'media_slots':
        this.#media.setSlots(message.video, message.audio);
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
    this.#media.prepareSlots(welcome.video_slots, welcome.audio_slots);
    this.#log.reset();
    this.#takeEvents(welcome.annotations, false);
    for (const { client_id } of welcome.chat) this.#outbox.settle(client_id);
    this.#update({ connection: 'live', pending: this.#outbox.annotations });
    // Whatever is still open may or may not have arrived: its `client_id` keeps it from being
    // carried out twice.
    for (const message of this.#outbox.messages) this.#sendOverSocket(message);
    if (this.#mediaWanted) this.#openMedia();
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
    } else if (refusesOffers(error.code)) {
      this.#media.takeRefusal(new Error(`${error.code}: ${error.message}`));
    }
    if (error.fatal && (error.code === 'session_ended' || error.code === 'not_found')) {
      this.#finish('ended');
    } else if (error.fatal && refusesParticipants(error.code)) {
      this.#finish('refused');
    }
    this.#report({ code: error.code, message: error.message, clientId: requestId });
  }

  /** A refusal comes as an `error` message too, which is reported where it arrives. */
  #openMedia(): void {
    this.#media.open().catch(() => {});
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
    else if (packet.kind === 'cursor') this.#emitter.emit('cursor', packet);
    else this.#emitter.emit('clock', packet);
  }

  #lost(): void {
    // The server gives a new peer connection to a new signalling connection.
    this.#media.close();
    const first = this.#state.session === null;
    this.#update({
      connection: first ? 'connecting' : 'reconnecting',
      media: this.#mediaWanted ? 'connecting' : 'off',
      rttMs: null,
    });
  }

  #finish(connection: ConnectionState): void {
    this.#link.close();
    this.#media.end();
    this.#update({ connection, media: 'off' });
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
  code === 'media_failed' ||
  code === 'consent_missing' ||
  code === 'forbidden' ||
  code === 'limit_reached' ||
  code === 'rate_limited';

const refusesParticipants = (code: ErrorCode): boolean =>
  code === 'unauthenticated' || code === 'forbidden' || code === 'version_mismatch';

/** Address of the WebSocket on the server that served the page. */
export function webSocketUrl(location: {
  readonly protocol: string;
  readonly host: string;
}): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/ws`;
}
