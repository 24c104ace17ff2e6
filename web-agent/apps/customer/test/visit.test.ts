import {
  ApiError,
  type InvitePreview,
  type JoinApi,
  type SessionClient,
} from '@sightline/protocol';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SavedPlace } from '../src/model/saved';
import { problemOf, Visit, type VisitEnvironment } from '../src/model/visit';

const PREVIEW: InvitePreview = {
  ticket: 'ticket-out-of-the-link',
  company_name: 'Acme',
  agent_name: 'Ana',
  role: 'customer',
  surface: 'camera',
};
const JOINED = {
  session: 'ses_aaaaaaaaaa',
  participant: 'par_aaaaaaaaaa',
  role: 'customer',
  token: 'token',
} as const;

/** Milliseconds for what comes soon, unless the machine is busy. */
const PATIENCE = 60_000;

/** A session client that is live at once and takes every track. */
class FakeClient {
  state = {
    connection: 'live',
    you: 'par_aaaaaaaaaa',
    participants: [
      { id: 'par_aaaaaaaaaa', role: 'customer', name: 'Me' },
      { id: 'par_bbbbbbbbbb', role: 'agent', name: 'Ana' },
      { id: 'par_cccccccccc', role: 'vision', name: 'vision' },
    ],
    snapshots: [{}, {}],
    surfaces: [],
    consent: { granted: [] },
  };
  readonly calls: string[] = [];
  readonly listeners = new Map<string, ((value: unknown) => void)[]>();
  refuse = false;

  on(type: string, listener: (value: unknown) => void): () => void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
    return () => {};
  }
  emit(type: string, value: unknown): void {
    for (const listener of this.listeners.get(type) ?? []) listener(value);
  }
  connect(): void {
    this.calls.push('connect');
  }
  close(): void {
    this.calls.push('close');
  }
  endSession(): void {
    this.calls.push('end_session');
  }
  setConsent(scope: string, granted: boolean): void {
    this.calls.push(`consent ${scope} ${granted}`);
  }
  setPaused(): void {}
  stopSurface(): void {}
  async publish(_track: unknown, surface: string | null): Promise<unknown> {
    this.calls.push(`publish ${surface}`);
    if (this.refuse) throw new Error('consent_missing');
    return { stop: async () => {}, setPaused: async () => {} };
  }
}

let client: FakeClient;
let saved: SavedPlace | null;
let capture: () => Promise<MediaStream>;
let captures: number;
let now: number;
let allowed: boolean;
let left: string[];
const api = { preview: vi.fn(), accept: vi.fn() };

function visit(): Visit {
  const env: VisitEnvironment = {
    api: api as unknown as JoinApi,
    connect: () => client as unknown as SessionClient,
    now: () => now,
    load: () => saved,
    save: (place) => {
      saved = place;
    },
    forget: () => {
      saved = null;
    },
    cameraIsAllowed: async () => allowed,
    hideTicket: () => {},
    leaveFor: (address) => left.push(address),
  };
  return new Visit(env);
}

beforeEach(() => {
  client = new FakeClient();
  saved = null;
  captures = 0;
  now = 0;
  allowed = true;
  left = [];
  api.preview.mockReset().mockResolvedValue(PREVIEW);
  api.accept.mockReset().mockResolvedValue(JOINED);
  const track = {
    kind: 'video',
    enabled: true,
    stop: vi.fn(),
    addEventListener: vi.fn(),
    getCapabilities: () => ({}),
  };
  capture = async () => ({ getTracks: () => [track] }) as unknown as MediaStream;
  const mediaDevices = {
    getUserMedia: () => {
      captures += 1;
      return capture();
    },
    enumerateDevices: async () => [],
  };
  vi.stubGlobal('navigator', { mediaDevices });
  vi.stubGlobal(
    'MediaStream',
    class {
      constructor(readonly tracks: unknown[]) {}
      getTracks = () => this.tracks;
      getVideoTracks = () => this.tracks;
    },
  );
});

describe('a visit', () => {
  it('captures and connects nothing before the tap', async () => {
    const one = visit();
    await one.start('ticket-out-of-the-link');
    expect(one.screen).toMatchObject({ name: 'arrive', preview: PREVIEW });
    expect(captures).toBe(0);
    expect(client.calls).toEqual([]);
    expect(api.accept).not.toHaveBeenCalled();
  });

  it('tells the consent before it sends anything', async () => {
    const one = visit();
    await one.start('ticket-out-of-the-link');
    await one.accept('camera', true);
    expect(one.screen.name).toBe('live');
    expect(client.calls).toEqual([
      'connect',
      'consent camera true',
      'consent snapshot true',
      'publish camera',
    ]);
  });

  it('allows no still pictures when that was chosen', async () => {
    const one = visit();
    await one.start('ticket-out-of-the-link');
    await one.accept('camera', false);
    expect(client.calls).toEqual(['connect', 'consent camera true', 'publish camera']);
  });

  it('explains the question of a browser that will ask, and waits for another tap', async () => {
    allowed = false;
    const one = visit();
    await one.start('ticket-out-of-the-link');
    await one.accept('camera', true);
    expect(one.screen).toMatchObject({ name: 'allow', kind: 'camera', busy: false });
    expect(captures).toBe(0);
    await one.share('camera');
    expect(captures).toBe(1);
    expect(one.screen.name).toBe('live');
  });

  it('helps when the camera is blocked, without having told any consent', async () => {
    capture = async () => {
      throw Object.assign(new Error('no'), { name: 'NotAllowedError' });
    };
    const one = visit();
    await one.start('ticket-out-of-the-link');
    await one.accept('camera', true);
    expect(one.screen).toMatchObject({ name: 'allow', problem: 'denied' });
    expect(client.calls).toEqual(['connect']);
  });

  it('takes the consent back when the server refuses the picture', async () => {
    client.refuse = true;
    const one = visit();
    await one.start('ticket-out-of-the-link');
    await one.accept('camera', true);
    expect(one.screen).toMatchObject({ name: 'allow', problem: 'refused' });
    expect(client.calls.at(-1)).toBe('consent camera false');
  });

  it('comes back after a reload, and shares only after a tap', async () => {
    const before = visit();
    await before.start('ticket-out-of-the-link');
    await before.accept('camera', false);
    const after = visit();
    client = new FakeClient();
    await after.start('');
    expect(after.screen).toMatchObject({ name: 'allow', back: true });
    expect(captures).toBe(1);
    await after.share('camera');
    expect(client.calls).toEqual(['connect', 'consent camera true', 'publish camera']);
  });

  it('a new link is not taken for the old place', async () => {
    const before = visit();
    await before.start('ticket-out-of-the-link');
    await before.accept('camera', true);
    const after = visit();
    await after.start('another-ticket');
    expect(after.screen.name).toBe('arrive');
  });

  it('ends with what happened, and forgets the place', async () => {
    const one = visit();
    await one.start('ticket-out-of-the-link');
    await one.accept('camera', true);
    client.emit('annotation', { op: { type: 'added' } });
    client.emit('annotation', { op: { type: 'hidden' } });
    now = 65_000;
    one.end();
    expect(client.calls.slice(-2)).toEqual(['end_session', 'close']);
    expect(one.screen).toEqual({
      name: 'end',
      receipt: {
        durationMs: 65_000,
        people: ['Ana'],
        shared: ['camera'],
        stills: 2,
        drawings: 1,
      },
    });
    expect(saved).toBeNull();
  });

  it('leaves no camera on when the session ends while the browser asks', async () => {
    const track = { kind: 'video', stop: vi.fn(), addEventListener: vi.fn() };
    let answer = (_: MediaStream) => {};
    capture = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const one = visit();
    await one.start('ticket-out-of-the-link');
    const accepting = one.accept('camera', true);
    await vi.waitFor(() => expect(captures).toBe(1), PATIENCE);
    client.state.connection = 'ended';
    client.emit('state', { connection: 'ended' });
    answer({ getTracks: () => [track] } as unknown as MediaStream);
    await accepting;
    expect(track.stop).toHaveBeenCalled();
    expect(client.calls).not.toContain('publish camera');
    expect(one.screen.name).toBe('problem');
  });

  it('leaves no microphone on when the server refuses the sound', async () => {
    const one = visit();
    await one.start('ticket-out-of-the-link');
    await one.accept('camera', true);
    const track = { kind: 'audio', stop: vi.fn() };
    capture = async () => ({ getTracks: () => [track] }) as unknown as MediaStream;
    client.refuse = true;
    await one.sharing?.toggleMicrophone();
    expect(one.sharing?.state).toMatchObject({ microphone: false, busy: false });
    expect(track.stop).toHaveBeenCalled();
    expect(client.calls.at(-1)).toBe('consent microphone false');
  });

  it('stops a picture that was taken back while the server answered', async () => {
    const publication = { stop: vi.fn(async () => {}), setPaused: async () => {} };
    let answered = (_: unknown) => {};
    client.publish = () =>
      new Promise((resolve) => {
        answered = resolve;
      });
    const one = visit();
    await one.start('ticket-out-of-the-link');
    const accepting = one.accept('camera', true);
    await vi.waitFor(() => expect(one.sharing?.state.kind).toBe('camera'), PATIENCE);
    await one.sharing?.stop();
    answered(publication);
    await accepting;
    expect(publication.stop).toHaveBeenCalled();
    expect(one.sharing?.state).toMatchObject({ kind: null, busy: false });
    expect(client.calls.at(-1)).toBe('consent camera false');
  });

  it('stops when another tab took the place, and keeps the place for a reload', async () => {
    const one = visit();
    await one.start('ticket-out-of-the-link');
    await one.accept('camera', true);
    client.emit('state', { connection: 'replaced' });
    expect(one.screen).toEqual({ name: 'problem', problem: { kind: 'replaced' } });
    expect(saved).not.toBeNull();
  });

  it('sends a technician to the dashboard, with the ticket unused', async () => {
    api.preview.mockResolvedValue({ ...PREVIEW, role: 'technician' });
    await visit().start('ticket-out-of-the-link');
    expect(left).toEqual(['/#/join/ticket-out-of-the-link']);
    expect(api.accept).not.toHaveBeenCalled();
  });
});

describe('codes', () => {
  it('lead to the same place as a link', async () => {
    const one = visit();
    await one.start('');
    expect(one.screen.name).toBe('code');
    await one.enterCode('123456');
    expect(api.preview).toHaveBeenCalledWith({ code: '123456' });
    expect(one.screen.name).toBe('arrive');
  });

  it('that are refused leave the person where they can type again', async () => {
    api.preview.mockRejectedValue(new ApiError('rate_limited', 'wait', 429, 42));
    const one = visit();
    await one.start('');
    await one.enterCode('123456');
    expect(one.screen).toEqual({
      name: 'code',
      busy: false,
      problem: { kind: 'rate', seconds: 42 },
    });
  });

  it('every failure has words', () => {
    const of = (code: ApiError['code']) => problemOf(new ApiError(code, '', 0, null)).kind;
    expect(of('invalid_code')).toBe('invalid');
    expect(of('unreachable')).toBe('unreachable');
    expect(of('session_ended')).toBe('ended');
    expect(of('internal')).toBe('other');
    expect(problemOf(new TypeError('a fault of ours')).kind).toBe('other');
  });
});
