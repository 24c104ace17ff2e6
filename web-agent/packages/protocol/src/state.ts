import type {
  AnchorState,
  Annotation,
  Attach,
  ChatMessage,
  ConsentState,
  PageNode,
  Participant,
  ParticipantId,
  Quality,
  QualityLevel,
  ServerMessage,
  SessionInfo,
  Shape,
  Snapshot,
  Surface,
  SurfaceId,
} from './generated/types';

/** Where the connection to the session stands. */
export type ConnectionState =
  /** Not asked to connect yet, or closed on this side. */
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
  /** The same participant connected from somewhere else, such as a second tab. */
  | 'replaced'
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

/** A drawing that its author has finished. */
export interface NewAnnotation {
  readonly surface: SurfaceId;
  /** The frame that the author saw; null when the browser could not tell. */
  readonly frameTime: number | null;
  readonly attach: Attach;
  /** The element of a shared page that it is fixed to; needed on a page. */
  readonly node?: PageNode | null;
  readonly shape: Shape;
  /** Stroke width as a share of the frame width, 0.001 to 0.05. */
  readonly width: number;
}

/** An own drawing that the server has not numbered yet. */
export interface PendingAnnotation extends NewAnnotation {
  readonly clientId: string;
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
  /** Own drawings on their way to the server. */
  readonly pending: readonly PendingAnnotation[];
  /** Last reported status of each anchor. */
  readonly anchors: ReadonlyMap<number, AnchorState>;
  readonly chat: readonly ChatMessage[];
  readonly snapshots: readonly Snapshot[];
  readonly quality: ReadonlyMap<ParticipantId, ParticipantQuality>;
  readonly tracks: readonly RemoteTrack[];
  /** Round trip to the server in milliseconds; null before the first answer. */
  readonly rttMs: number | null;
}

export const INITIAL_STATE: SessionState = {
  connection: 'idle',
  media: 'off',
  session: null,
  you: null,
  participants: [],
  surfaces: [],
  consent: { granted: [] },
  annotations: [],
  pending: [],
  anchors: new Map(),
  chat: [],
  snapshots: [],
  quality: new Map(),
  tracks: [],
  rttMs: null,
};

function upsert<T extends { readonly id: string }>(list: readonly T[], entry: T): readonly T[] {
  const index = list.findIndex((known) => known.id === entry.id);
  return index < 0 ? [...list, entry] : list.with(index, entry);
}

/**
 * The state after a message, for everything that the message itself decides. The annotation log,
 * tracks and the connection have owners of their own.
 */
export function reduce(state: SessionState, message: ServerMessage): SessionState {
  switch (message.type) {
    case 'welcome':
      return {
        ...state,
        session: message.session,
        you: message.you,
        participants: message.participants,
        surfaces: message.surfaces,
        consent: message.consent,
        anchors: new Map(message.anchors.map((anchor) => [anchor.anchor, anchor])),
        chat: message.chat,
        snapshots: message.snapshots,
      };
    case 'participant_updated':
      return { ...state, participants: upsert(state.participants, message.participant) };
    case 'consent_changed':
      return { ...state, consent: message.consent };
    case 'surface_updated':
      return { ...state, surfaces: upsert(state.surfaces, message.surface) };
    case 'surface_removed':
      return {
        ...state,
        surfaces: state.surfaces.filter((surface) => surface.id !== message.surface),
      };
    case 'anchor_states': {
      const anchors = new Map(state.anchors);
      for (const anchor of message.states) anchors.set(anchor.anchor, anchor);
      return { ...state, anchors };
    }
    case 'chat':
      return state.chat.some((known) => known.seq === message.message.seq)
        ? state
        : { ...state, chat: [...state.chat, message.message].sort((a, b) => a.seq - b.seq) };
    case 'snapshot_added':
      return { ...state, snapshots: upsert(state.snapshots, message.snapshot) };
    case 'quality_changed': {
      const quality = new Map(state.quality);
      quality.set(message.participant, { quality: message.quality, level: message.level });
      return { ...state, quality };
    }
    case 'session_ended':
      return state.session === null
        ? state
        : { ...state, session: { ...state.session, phase: 'ended' } };
    default:
      return state;
  }
}
