import type {
  AnnotationEvent,
  AnnotationId,
  Attach,
  ClientMessage,
  ConsentScope,
  ErrorCode,
  ServerMessage,
  Shape,
  SurfaceId,
  SurfaceKind,
} from './generated/types';
import type { CursorPacket, PosePacket } from './realtime';
import type { SessionState } from './state';

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
  /** A refused request or a fault, already logged. */
  error: {
    readonly code: ErrorCode | 'invalid_message';
    readonly message: string;
    readonly clientId: string | null;
  };
}

/** A track that this participant sends. */
export interface Publication {
  readonly kind: 'audio' | 'video';
  readonly surface: SurfaceKind | null;
  /** Changes the source without a negotiation, for another camera. */
  replaceTrack(track: MediaStreamTrack): Promise<void>;
  /** Measured figures of the sender, such as the frame rate; null while nothing is sent. */
  stats(): Promise<{
    readonly fps: number;
    readonly width: number;
    readonly height: number;
  } | null>;
  /** Stops sending and stops the track. */
  stop(): Promise<void>;
}

export interface NewAnnotation {
  readonly surface: SurfaceId;
  /** The frame that the author saw; null when the browser could not tell. */
  readonly frameTime: number | null;
  readonly attach: Attach;
  readonly shape: Shape;
  /** Stroke width as a share of the frame width. */
  readonly width: number;
}

/** One participant's connection to one session. */
export declare class SessionClient {
  constructor(options: SessionClientOptions);
  /** The session as it stands; a new object after each change (fits `useSyncExternalStore`). */
  readonly state: SessionState;
  /** Tells `listener` about events until the returned function is called. */
  on<K extends keyof SessionEvents>(
    type: K,
    listener: (value: SessionEvents[K]) => void,
  ): () => void;
  /** Like `on('state', …)` without the value. */
  subscribe(listener: () => void): () => void;
  connect(): void;
  /** Closes everything on this side without telling the server; the token stays valid. */
  close(): void;
  /** Tells the server, then closes. The session goes on. */
  leave(): void;
  /** Ends the session for everybody. */
  endSession(): void;
  startMedia(): Promise<void>;
  publish(track: MediaStreamTrack, surface: SurfaceKind | null): Promise<Publication>;
  /** Each returns the `client_id` of the request. */
  addAnnotation(annotation: NewAnnotation): string;
  removeAnnotation(id: AnnotationId): string;
  undo(): string;
  redo(): string;
  clear(surface: SurfaceId): string;
  sendChat(text: string): string;
  setConsent(scope: ConsentScope, granted: boolean): void;
  requestSurface(kind: SurfaceKind): void;
  setPaused(surface: SurfaceId, paused: boolean): void;
  stopSurface(surface: SurfaceId): void;
  /** Asks the tracker to keep a frame while somebody draws on it. */
  holdFrame(surface: SurfaceId, frameTime: number, hold: boolean): void;
  /** Sends a live pointer at most 30 times a second; x and y are shares of the frame. */
  sendCursor(cursor: {
    readonly surface: number;
    readonly frameTime: number | null;
    readonly visible: boolean;
    readonly x: number;
    readonly y: number;
  }): void;
  /** Milliseconds since the session began, by the server's clock; null before the welcome. */
  sessionMs(): number | null;
  /** For messages without a method of their own. */
  send(message: ClientMessage): void;
}

/** Address of the WebSocket on the server that served the page. */
export declare function webSocketUrl(location: { protocol: string; host: string }): string;
