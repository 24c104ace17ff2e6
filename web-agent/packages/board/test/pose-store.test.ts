import { readFileSync } from 'node:fs';
import {
  type AnchorStatus,
  BEND_SIDE,
  type Bend,
  type Homography8,
  type PosePacket,
} from '@sightline/protocol';
import { describe, expect, it } from 'vitest';
import { apply, applyWarp, type Point, type PoseAnswer, PoseStore } from '../src';

/** A bend with the same shift at all nodes. */
interface EvenBend {
  readonly over: Bend['over'];
  readonly by: Point;
}

interface PlacingVectors {
  readonly tolerance: number;
  readonly cases: readonly {
    readonly name: string;
    readonly poses: readonly [number, AnchorStatus, Homography8, EvenBend?][];
    readonly frame_time: number;
    readonly status: AnchorStatus | 'none';
    readonly at: Point | null;
  }[];
}

const path = new URL('../../../../tests/vectors/board/placing.json', import.meta.url);
const vectors: PlacingVectors = JSON.parse(readFileSync(path, 'utf8'));

function packet(
  frameTime: number,
  homography: Homography8,
  status: AnchorStatus = 'tracking',
  even?: EvenBend,
): PosePacket {
  const by = Array.from({ length: BEND_SIDE * BEND_SIDE }, () => even?.by ?? ([0, 0] as const));
  const bend = even === undefined ? null : { over: even.over, by };
  const pose = { anchor: 1, status, confidence: 255, homography, bend };
  return { kind: 'poses', surface: 1, frameTime: frameTime >>> 0, ageMs: 0, poses: [pose] };
}

const middleOf = (answer: PoseAnswer): Point | null =>
  typeof answer === 'string' ? null : applyWarp(answer.frameFromDrawn, [0.5, 0.5]);

describe('where an anchor is', () => {
  it.each(vectors.cases.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
    const store = new PoseStore();
    for (const [frameTime, status, homography, bend] of entry.poses) {
      store.take(packet(frameTime, homography, status, bend));
    }
    const answer = store.at(1, entry.frame_time);
    expect(typeof answer === 'string' ? answer : answer.status).toBe(entry.status);
    const at = middleOf(answer);
    if (entry.at === null || at === null) {
      expect(at).toBe(entry.at);
    } else {
      const error = Math.hypot(at[0] - entry.at[0], at[1] - entry.at[1]);
      expect(error).toBeLessThan(vectors.tolerance);
    }
  });
});

/** A hand-held camera: the thing sways by a fifth of the picture and turns a little. */
function truth(frameTime: number): Homography8 {
  const t = frameTime / 90_000;
  const turn = 0.08 * Math.sin(2 * t);
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  return [c, -s, 0.1 * Math.sin(2.4 * t), s, c, 0.06 * Math.cos(1.7 * t), 0.03 * Math.sin(t), 0];
}

function errors(late: number, guess: (store: PoseStore, frameTime: number) => PoseAnswer) {
  const store = new PoseStore();
  const found: number[] = [];
  for (let frame = 0; frame < 240; frame++) {
    const frameTime = 0xffff_0000 + frame * 3_000;
    if (frame >= late) {
      const known = frameTime - late * 3_000;
      store.take(packet(known, truth(known)));
    }
    const at = middleOf(guess(store, frameTime >>> 0));
    const right = apply([...truth(frameTime), 1], [0.5, 0.5]);
    if (at === null || right === null || frame < 10 + late) continue;
    found.push(Math.hypot(at[0] - right[0], at[1] - right[1]));
  }
  found.sort((a, b) => a - b);
  expect(found.length).toBeGreaterThan(200);
  return found[Math.floor(found.length * 0.95)] ?? Number.NaN;
}

describe('against a camera whose motion is known', () => {
  it('is exact with the pose of the frame', () => {
    expect(errors(0, (store, frameTime) => store.at(1, frameTime))).toBeLessThan(1e-6);
  });

  it('stays within 1.5 % of the picture when poses are 100 ms late', () => {
    expect(errors(3, (store, frameTime) => store.at(1, frameTime))).toBeLessThan(0.015);
  });

  it('control: the newest pose as it is would be off by more', () => {
    expect(errors(3, (store) => store.newest(1))).toBeGreaterThan(0.018);
  });
});

describe('the store', () => {
  it('knows nothing of other anchors', () => {
    const store = new PoseStore();
    store.take(packet(0, truth(0)));
    expect(store.at(2, 0)).toBe('none');
    expect(store.newest(2)).toBe('none');
  });

  it('forgets when cleared', () => {
    const store = new PoseStore();
    store.take(packet(0, truth(0)));
    expect(store.at(1, 0)).not.toBe('none');
    store.clear();
    expect(store.at(1, 0)).toBe('none');
  });

  it('a copy for a still keeps its poses while the original moves on', () => {
    const store = new PoseStore();
    for (let frame = 0; frame < 10; frame++)
      store.take(packet(frame * 3_000, truth(frame * 3_000)));
    const still = store.copy(27_000);
    for (let frame = 10; frame < 400; frame++) {
      const live = packet(frame * 3_000, truth(frame * 3_000));
      store.take(live);
      still.take(live);
    }
    expect(store.at(1, 27_000)).toBe('none');
    expect(middleOf(still.at(1, 27_000))).toEqual(apply([...truth(27_000), 1], [0.5, 0.5]));
  });
});

describe('a picture that is newer than any pose', () => {
  /** Poses of a thing that moves by this share of the width in a second, up to frame time 90000. */
  function moving(speed: number): PoseStore {
    const store = new PoseStore();
    for (let n = 0; n <= 30; n++) {
      store.take(packet(n * 3_000, [1, 0, (speed * n) / 30, 0, 1, 0, 0, 0]));
    }
    return store;
  }
  const center: Point = [0.5, 0.5];

  it('shows a thing that is held still for up to a second', () => {
    expect(moving(0.01).at(1, 90_000 + 60_000, center)).not.toBe('lost');
    expect(moving(0.01).at(1, 90_000 + 91_000, center)).toBe('lost');
    // A received picture has its own poses: there such a gap is a loss.
    expect(moving(0.01).at(1, 90_000 + 60_000)).toBe('lost');
  });

  it('hides a thing that would have moved away meanwhile', () => {
    expect(moving(0.45).at(1, 90_000 + 60_000, center)).toBe('lost');
    expect(middleOf(moving(0.45).at(1, 90_000 + 9_000, center))?.[0]).toBeCloseTo(0.995, 6);
  });
});
