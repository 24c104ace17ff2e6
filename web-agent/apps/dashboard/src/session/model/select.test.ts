import { describe, expect, it } from 'vitest';
import { agent, annotation, customer, session, surface, video } from './fixtures';
import { customerOf, deliveryMs, markState, stageView, surfaceToShow } from './select';

describe('stageView', () => {
  it('connects before the welcome', () => {
    expect(stageView(session({ session: null }), null)).toBe('connecting');
  });

  it('waits while no customer was ever here', () => {
    expect(stageView(session({ participants: [] }), null)).toBe('waiting');
  });

  it('tells a customer who left from one who shares nothing', () => {
    expect(stageView(session({ participants: [customer()] }), null)).toBe('here');
    const gone = session({ participants: [customer({ connected: false })] });
    expect(stageView(gone, null)).toBe('away');
  });

  it('opens until the track arrives', () => {
    const here = { participants: [customer()], surfaces: [surface()] };
    expect(stageView(session(here), surface())).toBe('opening');
    expect(stageView(session({ ...here, tracks: [video()] }), surface())).toBe('live');
  });

  it('shows the curtain although the picture could still be shown', () => {
    const paused = surface({ paused: true });
    const state = session({ participants: [customer()], surfaces: [paused], tracks: [video()] });
    expect(stageView(state, paused)).toBe('paused');
  });

  it('does not call the last picture of a lost customer live', () => {
    const state = session({
      participants: [customer({ connected: false })],
      surfaces: [surface()],
      tracks: [video()],
    });
    expect(stageView(state, surface())).toBe('away');
  });
});

it('a connected customer goes before one who left', () => {
  const left = customer({ id: 'par_leftleft', connected: false });
  const here = customer({ id: 'par_herehere' });
  expect(customerOf([here, left])).toBe(here);
  expect(customerOf([left])).toBe(left);
  expect(customerOf([])).toBeNull();
});

describe('surfaceToShow', () => {
  const camera = surface();
  const screen = surface({ id: 'sur_screenscreen', kind: 'screen' });
  const participants = [agent(), customer()];

  it('gives way to the first when the chosen one is gone', () => {
    expect(surfaceToShow({ participants, surfaces: [camera, screen] }, screen.id)).toBe(screen);
    expect(surfaceToShow({ participants, surfaces: [camera] }, screen.id)).toBe(camera);
    expect(surfaceToShow({ participants, surfaces: [] }, screen.id)).toBeNull();
  });

  it('keeps the surface of a customer whose connection is broken', () => {
    const away = [agent(), customer({ connected: false })];
    expect(surfaceToShow({ participants: away, surfaces: [camera] }, null)).toBe(camera);
  });

  it('leaves the surface of a lost customer when another one comes', () => {
    const second = customer({ id: 'par_secondone' });
    const both = [agent(), customer({ connected: false }), second];
    const theirs = surface({ id: 'sur_secondone', owner: second.id });
    expect(surfaceToShow({ participants: both, surfaces: [camera] }, camera.id)).toBeNull();
    expect(surfaceToShow({ participants: both, surfaces: [camera, theirs] }, camera.id)).toBe(
      theirs,
    );
  });
});

it('a mark waits for its tracker, and one fixed to the frame does not', () => {
  expect(markState(annotation(), new Map()).status).toBe('attaching');
  expect(markState(annotation({ attach: 'frame' }), new Map()).status).toBe('fixed');
  const lost = {
    anchor: 1,
    surface: surface().id,
    frame_time: 9,
    status: 'lost',
    reason: 'occluded',
    last_seen: [1.3, 0.5] as [number, number],
    at_ms: 9_000,
  } as const;
  expect(markState(annotation(), new Map([[1, lost]]))).toEqual({
    status: 'lost',
    reason: 'occluded',
    direction: 'right',
    sinceMs: 9_000,
  });
  const wall = { ...lost, status: 'fixed', reason: 'too_few_texture' } as const;
  expect(markState(annotation(), new Map([[1, wall]]))).toMatchObject({
    status: 'fixed',
    reason: 'too_few_texture',
    direction: null,
  });
  const inside = { ...lost, last_seen: [0.3, 0.5] as [number, number] };
  expect(markState(annotation(), new Map([[1, inside]])).direction).toBeNull();
});

describe('deliveryMs', () => {
  const far = { quality: { rtt_ms: 120, loss: 0, fps: 28 }, level: 'good' } as const;

  it('adds both halves', () => {
    expect(deliveryMs(40, null, far)).toBe(80);
  });

  it('trusts a measured mark more than a ping', () => {
    expect(deliveryMs(40, 60, far)).toBe(90);
  });

  it('says nothing before both are measured', () => {
    expect(deliveryMs(null, null, far)).toBeNull();
    expect(deliveryMs(40, 60, null)).toBeNull();
  });
});
