import type {
  AnchorState,
  Annotation,
  ChatMessage,
  ConsentState,
  Participant,
  ParticipantId,
  Quality,
  QualityLevel,
  SessionInfo,
  Snapshot,
  Surface,
  SurfaceId,
} from './generated/types';

/** Where the connection to the session stands. */
export type ConnectionState =
  /** Not asked to connect yet. */
  | 'idle'
  /** First connection under way. */
  | 'connecting'
  /** Welcomed; messages flow. */
  | 'live'
  /** Lost; trying again. */
  | 'reconnecting'
  /** The session is over for everybody. */
  | 'ended'
  /** This participant left. */
  | 'left'
  /** The server refuses this participant; trying again would not help. */
  | 'refused';

/** Where the peer connection stands. */
export type MediaState = 'off' | 'connecting' | 'connected' | 'failed';

/** Somebody's measured connection. */
export interface ParticipantQuality {
  readonly quality: Quality;
  readonly level: QualityLevel;
}

/** A track that arrives and what it carries. */
export interface RemoteTrack {
  readonly mid: string;
  readonly from: ParticipantId;
  readonly kind: 'audio' | 'video';
  /** Null for sound. */
  readonly surface: SurfaceId | null;
  readonly track: MediaStreamTrack;
  /** A stream with only this track, for `srcObject`; stays the same while the track does. */
  readonly stream: MediaStream;
}

/**
 * The session as this participant knows it. Every change makes a new object; parts that did not
 * change stay identical, so that views can compare them by reference.
 */
export interface SessionState {
  readonly connection: ConnectionState;
  readonly media: MediaState;
  readonly session: SessionInfo | null;
  readonly you: ParticipantId | null;
  /** Everybody who is or was here, in order of joining. */
  readonly participants: readonly Participant[];
  readonly surfaces: readonly Surface[];
  readonly consent: ConsentState;
  /** Drawings that are not hidden, oldest first. */
  readonly annotations: readonly Annotation[];
  /** Last reported status of each anchor. */
  readonly anchors: ReadonlyMap<number, AnchorState>;
  readonly chat: readonly ChatMessage[];
  readonly snapshots: readonly Snapshot[];
  readonly quality: ReadonlyMap<ParticipantId, ParticipantQuality>;
  readonly tracks: readonly RemoteTrack[];
  /** Round trip to the server in milliseconds; null before the first answer. */
  readonly rttMs: number | null;
  /** Milliseconds since the session began, by the server's clock, at `clockAt`. */
  readonly serverMs: number | null;
  /** `performance.now()` at which `serverMs` was true. */
  readonly clockAt: number;
}
