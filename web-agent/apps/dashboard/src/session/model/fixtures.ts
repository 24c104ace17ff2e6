import type {
  Annotation,
  Participant,
  RemoteTrack,
  SessionState,
  Surface,
} from '@sightline/protocol';

/** A customer who is here, for tests. */
export function customer(change: Partial<Participant> = {}): Participant {
  return {
    id: 'par_customer1',
    number: 2,
    role: 'customer',
    name: 'Ana K.',
    color: 1,
    connected: true,
    tracks_anchors: false,
    ...change,
  };
}

/** The agent, for tests. */
export function agent(change: Partial<Participant> = {}): Participant {
  return {
    ...customer(),
    id: 'par_agentagent',
    number: 1,
    role: 'agent',
    name: 'Marta',
    ...change,
  };
}

/** The customer's camera, for tests. */
export function surface(change: Partial<Surface> = {}): Surface {
  return {
    id: 'sur_camera01',
    number: 1,
    kind: 'camera',
    owner: 'par_customer1',
    paused: false,
    tracker: null,
    ...change,
  };
}

/** The track of the camera; its stream is of no use outside a browser. */
export function video(change: Partial<RemoteTrack> = {}): RemoteTrack {
  return {
    mid: '0',
    from: 'par_customer1',
    kind: 'video',
    surface: 'sur_camera01',
    track: {} as MediaStreamTrack,
    stream: {} as MediaStream,
    ...change,
  };
}

/** A circle by the agent, for tests. */
export function annotation(change: Partial<Annotation> = {}): Annotation {
  return {
    id: 'ann_aaaaaaaa',
    anchor: 1,
    author: 'par_agentagent',
    surface: 'sur_camera01',
    frame_time: 9_000,
    attach: 'world',
    shape: { type: 'circle', center: [0.5, 0.5], radius: [0.1, 0.1] },
    width: 0.005,
    ...change,
  };
}

/** A live session of the agent alone, for tests. */
export function session(change: Partial<SessionState> = {}): SessionState {
  return {
    connection: 'live',
    media: 'connected',
    session: {
      id: 'ses_aaaaaaaa',
      title: 'Ana K., washing machine',
      phase: 'active',
      created_at: '2026-01-02T03:04:05Z',
      age_ms: 1_000,
      agent_name: 'Marta',
      company_name: 'Acme',
    },
    you: 'par_agentagent',
    participants: [agent()],
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
    ...change,
  };
}
