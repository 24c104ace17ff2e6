import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type AnnotationEvent,
  encodeRealtime,
  type NewAnnotation,
  type ServerMessage,
  SessionClient,
  type SessionError,
  webSocketUrl,
} from '../src';
import { FakeWorld, settle } from './fakes';

const ME = 'par_aaaaaaaaaa';
const AGENT = 'par_bbbbbbbbbb';
const SURFACE = 'sur_aaaaaaaaaa';

const WELCOME: ServerMessage & { type: 'welcome' } = {
  type: 'welcome',
  protocol: 1,
  session: {
    id: 'ses_aaaaaaaaaa',
    title: 'Boiler',
    phase: 'active',
    created_at: '2026-01-01T00:00:00Z',
    age_ms: 5_000,
    agent_name: 'Ana',
    company_name: 'Acme',
  },
  you: ME,
  participants: [],
  surfaces: [],
  consent: { granted: [] },
  annotations: [],
  anchors: [],
  chat: [],
  snapshots: [],
  video_slots: 1,
  audio_slots: 1,
};

const added = (
  seq: number,
  clientId = `x${seq}`,
  by: typeof ME | typeof AGENT = AGENT,
): AnnotationEvent => ({
  seq,
  at_ms: seq,
  by,
  client_id: clientId,
  op: {
    type: 'added',
    annotation: {
      id: `ann_aaaaaaaaaa${seq}`,
      anchor: seq,
      author: by,
      surface: SURFACE,
      frame_time: 90_000,
      attach: 'world',
      shape: { type: 'circle', center: [0.5, 0.5], radius: [0.1, 0.1] },
      width: 0.01,
    },
  },
});

const DRAWING: NewAnnotation = {
  surface: SURFACE,
  frameTime: 90_000,
  attach: 'world',
  shape: { type: 'circle', center: [0.5, 0.5], radius: [0.1, 0.1] },
  width: 0.01,
};

const camera = () =>
  ({ kind: 'video', id: 'camera', stop: vi.fn() }) as unknown as MediaStreamTrack;

let world: FakeWorld;
let errors: SessionError[];

beforeEach(() => {
  world = new FakeWorld();
  errors = [];
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
});

function client(media: 'auto' | 'manual' = 'auto'): SessionClient {
  const made = new SessionClient({
    url: 'ws://x/api/ws',
    token: 'secret',
    media,
    environment: world,
  });
  made.on('error', (error) => errors.push(error));
  made.connect();
  return made;
}

async function welcome(change: Partial<typeof WELCOME> = {}): Promise<void> {
  world.socket.open();
  world.socket.receive({ ...WELCOME, ...change });
  await settle();
}

/** Answers the newest offer, as the server does. */
async function answer(sdp = 'answer'): Promise<number> {
  const offer = world.socket.sent.findLast((message) => message.type === 'offer');
  if (offer?.type !== 'offer') throw new Error('no offer was sent');
  world.socket.receive({ type: 'answer', number: offer.number, sdp, tracks: [] });
  await settle();
  return offer.number;
}

describe('signalling', () => {
  it('says hello first, with the token, and is live after the welcome', async () => {
    const session = client();
    expect(session.state.connection).toBe('connecting');
    world.socket.open();
    expect(world.socket.sent[0]).toEqual({
      type: 'hello',
      protocol: 1,
      token: 'secret',
      tracks_anchors: false,
    });
    world.socket.receive(WELCOME);
    expect(session.state.connection).toBe('live');
    expect(session.state.session?.title).toBe('Boiler');
    expect(session.sessionMs()).toBe(5_000);
    await world.pass(1_000);
    expect(session.sessionMs()).toBe(6_000);
  });

  it('comes back with the same token, after growing pauses', async () => {
    const session = client();
    await welcome();
    const pauses: number[] = [];
    for (let failure = 0; failure < 8; failure++) {
      const count = world.sockets.length;
      const before = world.now();
      world.socket.drop();
      expect(session.state.connection).toBe('reconnecting');
      while (world.sockets.length === count) await world.pass(10);
      pauses.push(world.now() - before);
    }
    expect(pauses[0]).toBeLessThanOrEqual(260);
    expect(pauses.at(-1)).toBeGreaterThan(3_900);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(8_010);
    await welcome();
    expect(session.state.connection).toBe('live');
    expect(world.socket.sent[0]).toMatchObject({ type: 'hello', token: 'secret' });
  });

  it('takes a connection without any answer for dead', async () => {
    client();
    await welcome();
    expect(world.sockets).toHaveLength(1);
    await world.pass(25_000);
    expect(world.sockets.length).toBeGreaterThan(1);
  });

  it('measures the round trip', async () => {
    const session = client();
    await welcome();
    const ping = world.socket.sent.find((message) => message.type === 'ping');
    await world.pass(84);
    world.socket.receive({
      type: 'pong',
      nonce: ping?.type === 'ping' ? ping.nonce : -1,
      at_ms: 1,
    });
    expect(session.state.rttMs).toBe(84);
  });

  it('does not come back when it is refused or over', async () => {
    const refused = client();
    world.socket.open();
    const message = 'sign in again';
    world.socket.receive({ type: 'error', code: 'unauthenticated', message, fatal: true });
    world.socket.drop();
    await world.pass(60_000);
    expect(refused.state.connection).toBe('refused');
    expect(world.sockets).toHaveLength(1);

    const over = client();
    await welcome();
    world.socket.receive({ type: 'session_ended' });
    await world.pass(60_000);
    expect(over.state.connection).toBe('ended');
    expect(world.sockets).toHaveLength(2);
  });

  it('ignores what it cannot read and tells about it', async () => {
    const session = client();
    await welcome();
    const before = session.state;
    world.socket.receive('{"type":"from_the_future"}');
    expect(errors).toEqual([]);
    world.socket.receive('{"type":"surface_removed","surface":7}');
    expect(errors.map(({ code }) => code)).toEqual(['invalid_message']);
    expect(session.state.surfaces).toBe(before.surfaces);
    expect(session.state.connection).toBe('live');
  });
});

describe('annotations', () => {
  it('asks for what is missing and applies in order', async () => {
    const session = client();
    await welcome({ annotations: [added(1)] });
    const heard: number[] = [];
    session.on('annotation', (event) => heard.push(event.seq));
    world.socket.receive({ type: 'annotation_events', events: [added(3)] });
    expect(session.state.annotations).toHaveLength(1);
    expect(world.socket.sent.at(-1)).toEqual({ type: 'annotation_sync', after: 1 });
    world.socket.receive({ type: 'annotation_events', events: [added(2), added(3)] });
    expect(session.state.annotations.map(({ anchor }) => anchor)).toEqual([1, 2, 3]);
    expect(heard).toEqual([2, 3]);
  });

  it('shows an own drawing as pending until the server has numbered it', async () => {
    const session = client();
    await welcome();
    const id = session.addAnnotation(DRAWING);
    expect(session.state.pending).toMatchObject([{ clientId: id, frameTime: 90_000 }]);
    world.socket.receive({ type: 'annotation_events', events: [added(1, id, ME)] });
    expect(session.state.pending).toEqual([]);
    expect(session.state.annotations).toHaveLength(1);
  });

  it('goes over the data channel when that is open', async () => {
    const session = client();
    await welcome();
    const channel = world.peer.channel('annotations');
    channel.readyState = 'open';
    session.addAnnotation(DRAWING);
    expect(channel.sent).toHaveLength(1);
    expect(world.socket.types()).not.toContain('annotation_add');
    channel.onmessage?.({
      data: JSON.stringify({ type: 'annotation_events', events: [added(1)] }),
    });
    expect(session.state.annotations).toHaveLength(1);
  });

  it('never overtakes on the data channel what is under way on the socket', async () => {
    const session = client();
    await welcome();
    const drawn = session.addAnnotation(DRAWING);
    expect(world.socket.types().at(-1)).toBe('annotation_add');
    const channel = world.peer.channel('annotations');
    channel.readyState = 'open';
    const undone = session.undo();
    expect(channel.sent, 'an undo before its drawing would undo another one').toEqual([]);
    expect(world.socket.types().at(-1)).toBe('annotation_undo');
    const hidden: AnnotationEvent = {
      ...added(2, undone, ME),
      op: { type: 'hidden', ids: ['ann_aaaaaaaaaa1'] },
    };
    world.socket.receive({ type: 'annotation_events', events: [added(1, drawn, ME), hidden] });
    session.redo();
    expect(channel.sent, 'the control: nothing is under way any more').toHaveLength(1);
  });

  it('sends what a broken media connection may have lost again over the socket', async () => {
    const session = client();
    await welcome();
    await answer();
    world.peer.become('connected');
    const channel = world.peer.channel('annotations');
    channel.readyState = 'open';
    const drawn = session.addAnnotation(DRAWING);
    expect(world.socket.types()).not.toContain('annotation_add');
    // An ICE restart, which does not help either.
    world.peer.become('failed');
    await settle();
    world.peer.become('failed');
    await settle();
    expect(world.peers[0]?.closed).toBe(true);
    const again = world.socket.sent.filter((message) => message.type === 'annotation_add');
    expect(again).toMatchObject([{ client_id: drawn }]);
  });

  it('sends what was not confirmed again after a reconnect, with the same client_id', async () => {
    const session = client('manual');
    await welcome();
    const kept = session.addAnnotation(DRAWING);
    const done = session.addAnnotation(DRAWING);
    world.socket.receive({ type: 'annotation_events', events: [added(1, done, ME)] });
    world.socket.drop();
    const offline = session.sendChat('hello');
    await world.pass(1_000);
    await welcome({ annotations: [added(1, done, ME)] });
    const again = world.socket.sent.flatMap((message) =>
      'client_id' in message ? [message.client_id] : [],
    );
    expect(again).toEqual([kept, offline]);
  });

  it('a refused drawing is not pending any more', async () => {
    const session = client('manual');
    await welcome();
    const id = session.addAnnotation(DRAWING);
    const message = 'no';
    world.socket.receive({
      type: 'error',
      code: 'forbidden',
      message,
      client_id: id,
      fatal: false,
    });
    expect(session.state.pending).toEqual([]);
    expect(errors).toMatchObject([{ code: 'forbidden', clientId: id }]);
  });
});

describe('media', () => {
  it('makes no peer connection before it is asked to', async () => {
    const session = client('manual');
    await welcome();
    await world.pass(8_000);
    expect(world.peers).toHaveLength(0);
    session.startMedia();
    expect(world.peers).toHaveLength(1);
  });

  it('offers channels and receiving sections first, then one offer at a time', async () => {
    const session = client();
    await welcome({ video_slots: 2, audio_slots: 1 });
    const { peer } = world;
    expect(peer.channels.map(({ label, options }) => [label, options])).toEqual([
      ['annotations', { ordered: true }],
      ['realtime', { ordered: false, maxRetransmits: 0 }],
    ]);
    const kinds = peer.getTransceivers().map((t) => `${t.direction} ${t.receiver.track.kind}`);
    expect(kinds).toEqual(['recvonly video', 'recvonly video', 'recvonly audio']);
    expect(peer.getTransceivers()[0]?.receiver.jitterBufferTarget).toBe(0);
    expect(peer.offers).toHaveLength(1);

    world.socket.receive({ type: 'media_slots', video: 3, audio: 1 });
    const published = session.publish(camera(), 'camera');
    await settle();
    expect(peer.offers, 'the first offer is not answered yet').toHaveLength(1);
    const first = await answer();
    expect(peer.offers).toHaveLength(2);
    const second = await answer();
    expect(second).toBe(first + 1);
    await published;
    const offer = world.socket.sent.findLast((message) => message.type === 'offer');
    expect(offer).toMatchObject({ tracks: [{ mid: '4', kind: 'video', surface: 'camera' }] });
  });

  it('ignores an answer to an older offer', async () => {
    client();
    await welcome();
    world.socket.receive({ type: 'answer', number: 99, sdp: 'other', tracks: [] });
    await settle();
    expect(world.peer.remoteDescription).toBeNull();
  });

  it('tells which surface a section carries, with a stable stream', async () => {
    const session = client();
    await welcome();
    await answer();
    const tracks = [{ mid: '0', from: AGENT, kind: 'video', surface: SURFACE }] as const;
    world.socket.receive({ type: 'tracks', tracks: [...tracks] });
    const [before] = session.state.tracks;
    expect(before).toMatchObject({ mid: '0', surface: SURFACE, track: { id: 'track-0' } });
    world.socket.receive({ type: 'tracks', tracks: [...tracks] });
    expect(session.state.tracks[0]?.stream).toBe(before?.stream);
  });

  it('a refused publication is taken back and the connection goes on', async () => {
    const session = client();
    await welcome();
    await answer();
    const publishing = session.publish(camera(), 'camera').catch((error: Error) => error);
    await settle();
    const message = 'the customer has not allowed it';
    world.socket.receive({ type: 'error', code: 'consent_missing', message, fatal: false });
    await settle();
    await answer();
    expect(await publishing).toBeInstanceOf(Error);
    expect(world.peer.rollbacks).toBe(1);
    expect(world.peer.closed).toBe(false);
    const offer = world.socket.sent.findLast((sent) => sent.type === 'offer');
    expect(offer).toMatchObject({ tracks: [] });
  });

  it('repairs a failed connection by an ICE restart, then by a new one', async () => {
    const session = client();
    await welcome();
    await answer();
    world.peer.become('connected');
    expect(session.state.media).toBe('connected');
    world.peer.become('failed');
    await settle();
    expect(world.peer.offers.at(-1)).toEqual({ iceRestart: true });
    await answer();
    world.peer.become('failed');
    expect(world.peers[0]?.closed).toBe(true);
    await world.pass(1_000);
    expect(world.peers).toHaveLength(2);
  });

  it('a short hole needs no repair', async () => {
    client();
    await welcome();
    await answer();
    world.peer.become('connected');
    world.peer.become('disconnected');
    await world.pass(2_000);
    world.peer.become('connected');
    await world.pass(20_000);
    expect(world.peer.offers).toHaveLength(1);
    expect(world.peers).toHaveLength(1);
  });

  it('publishes again over the connection that follows a lost one', async () => {
    const session = client('manual');
    await welcome();
    const publishing = session.publish(camera(), 'camera');
    await settle();
    const first = await answer();
    await publishing;
    world.socket.drop();
    expect(world.peers[0]?.closed).toBe(true);
    await world.pass(1_000);
    await welcome();
    const offer = world.socket.sent.findLast((message) => message.type === 'offer');
    expect(offer).toMatchObject({ tracks: [{ kind: 'video', surface: 'camera' }] });
    expect(offer?.type === 'offer' ? offer.number : 0).toBeGreaterThan(first);
  });

  it('a stopped publication is not offered again; its section is used by the next one', async () => {
    const session = client();
    await welcome();
    await answer();
    const publishing = session.publish(camera(), 'camera');
    await settle();
    await answer();
    const publication = await publishing;
    const stopping = publication.stop();
    await settle();
    await answer();
    await stopping;
    const count = world.peer.getTransceivers().length;
    void session.publish(camera(), 'screen');
    await settle();
    expect(world.peer.getTransceivers()).toHaveLength(count);
    const offer = world.socket.sent.findLast((message) => message.type === 'offer');
    expect(offer).toMatchObject({ tracks: [{ surface: 'screen' }] });
  });

  it('hands out poses and cursors and drops what is not one', async () => {
    const session = client();
    await welcome();
    const poses = vi.fn();
    const cursors = vi.fn();
    session.on('poses', poses);
    session.on('cursor', cursors);
    const { onmessage } = world.peer.channel('realtime');
    const homography = [1, 0, 0, 0, 1, 0, 0, 0] as const;
    const pose = {
      anchor: 1,
      status: 'tracking',
      confidence: 255,
      homography,
      bend: null,
    } as const;
    const packet = encodeRealtime({
      kind: 'poses',
      surface: 1,
      frameTime: 3,
      ageMs: 8,
      poses: [pose],
    });
    onmessage?.({ data: packet.buffer });
    onmessage?.({ data: new ArrayBuffer(3) });
    onmessage?.({ data: 'text' });
    expect(poses).toHaveBeenCalledTimes(1);
    expect(cursors).not.toHaveBeenCalled();
    expect(errors).toEqual([]);
  });

  it('sends the newest pointer, at most 30 times a second', async () => {
    const session = client();
    await welcome();
    const channel = world.peer.channel('realtime');
    channel.readyState = 'open';
    for (let step = 0; step < 100; step++) {
      session.sendCursor({ surface: 1, frameTime: null, visible: true, x: step / 100, y: 0 });
      await world.pass(10);
    }
    await world.pass(100);
    expect(channel.sent.length).toBeGreaterThan(20);
    expect(channel.sent.length).toBeLessThanOrEqual(32);
    const last = channel.sent.at(-1) as Uint8Array;
    expect((last[11] ?? 0) / 255).toBeCloseTo(0.99, 1);
  });
});

it('the address of the socket follows the page', () => {
  expect(webSocketUrl({ protocol: 'https:', host: 'a.example' })).toBe('wss://a.example/api/ws');
  expect(webSocketUrl({ protocol: 'http:', host: 'localhost:8080' })).toBe(
    'ws://localhost:8080/api/ws',
  );
});
