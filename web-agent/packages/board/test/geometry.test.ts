import { readFileSync } from 'node:fs';
import type { Homography8 } from '@sightline/protocol';
import { describe, expect, it } from 'vitest';
import {
  apply,
  applyWarp,
  compose,
  type Fit,
  frameFromScreen,
  frameTimeDistance,
  type Homography,
  homographyFromPose,
  IDENTITY,
  invert,
  mapLine,
  mappingOf,
  type Point,
  STILL,
  screenFromFrame,
  warpBetween,
} from '../src';

const NONE: Point = [0, 0];

type Pair = [number, number];
interface GeometryVectors {
  readonly screen_from_frame: readonly {
    fit: Fit;
    view: Pair;
    frame: Pair;
    point: Pair;
    screen: Pair;
  }[];
  readonly apply: readonly { homography: Homography8; point: Pair; mapped: Pair | null }[];
  readonly compose: readonly { a: Homography; b: Homography; point: Pair; mapped: Pair }[];
}

const path = new URL('../../../../tests/vectors/board/geometry.json', import.meta.url);
const vectors: GeometryVectors = JSON.parse(readFileSync(path, 'utf8'));
const size = ([width, height]: Pair) => ({ width, height });

function expectNear(found: Point | null, expected: Point | null, within = 1e-6): void {
  if (found === null || expected === null) {
    expect(found).toBe(expected);
    return;
  }
  expect(Math.hypot(found[0] - expected[0], found[1] - expected[1])).toBeLessThan(within);
}

describe('views', () => {
  it.each(vectors.screen_from_frame)('$fit of $frame in $view maps $point', (entry) => {
    const { fit, point, screen } = entry;
    const [view, frame] = [size(entry.view), size(entry.frame)];
    expectNear(apply(screenFromFrame(view, frame, fit), point), screen);
    expectNear(apply(frameFromScreen(view, frame, fit), screen), point);
  });

  it('letterboxing is not ignored: the same point without it lies elsewhere', () => {
    const view = { width: 800, height: 800 };
    const stretched: Homography = [800, 0, 0, 0, 800, 0, 0, 0, 1];
    const mapped = apply(screenFromFrame(view, { width: 1600, height: 900 }, 'contain'), [0, 0]);
    expect(mapped).not.toEqual(apply(stretched, [0, 0]));
  });
});

describe('homographies', () => {
  it.each(vectors.apply)('maps $point to $mapped', ({ homography, point, mapped }) => {
    expectNear(apply(homographyFromPose(homography), point), mapped);
  });

  it.each(vectors.compose)('composes right to left', ({ a, b, point, mapped }) => {
    expectNear(apply(compose(a, b), point), mapped);
    const inner = apply(b, point);
    expectNear(inner === null ? null : apply(a, inner), mapped);
  });

  it('the inverse takes points back', () => {
    const h: Homography = [1.1, 0.2, -0.05, -0.1, 0.9, 0.15, 0.12, -0.08, 1];
    const back = invert(h);
    if (back === null) throw new Error('the homography is not flat');
    for (const point of [
      [0, 0],
      [1, 0],
      [0.3, 0.8],
      [1, 1],
    ] as const) {
      const there = apply(h, point);
      expectNear(there === null ? null : apply(back, there), point, 1e-9);
    }
    expectNear(apply(compose(h, back), [0.4, 0.6]), [0.4, 0.6], 1e-9);
  });

  it('a flat one has no inverse', () => {
    expect(invert([1, 2, 0, 2, 4, 0, 0, 0, 1])).toBeNull();
  });

  it('points behind the horizon are left out of a line', () => {
    const h: Homography = [1, 0, 0, 0, 1, 0, -2, 0, 1];
    expect(
      mapLine(mappingOf(IDENTITY, { homography: h, bend: null }), [
        [0, 0],
        [0.25, 0],
        [0.75, 0],
      ]),
    ).toHaveLength(2);
    expect(
      mapLine(mappingOf(IDENTITY, STILL), [
        [0, 0],
        [0.25, 0],
        [0.75, 0],
      ]),
    ).toHaveLength(3);
  });
});

describe('frame times', () => {
  it('wrap', () => {
    expect(frameTimeDistance(5, 0xffff_ffff)).toBe(6);
    expect(frameTimeDistance(0xffff_ffff, 5)).toBe(-6);
    expect(frameTimeDistance(90_000, 90_000)).toBe(0);
  });

  it('a bend moves its nodes fully, the places between by their share, and the rim outside', () => {
    const by = Array.from({ length: 25 }, (_, node) =>
      node === 0 ? ([0.25, -0.5] as const) : NONE,
    );
    const warp = { homography: IDENTITY, bend: { over: [0.25, 0, 0.75, 1] as const, by } };
    expect(applyWarp(warp, [0.25, 0])).toEqual([0.5, -0.5]);
    expect(applyWarp(warp, [0.3125, 0.125])).toEqual([0.375, 0]);
    expect(applyWarp(warp, [0, -1])).toEqual([0.25, -1.5]);
    expect(applyWarp(warp, [0.5, 0.5]), 'another cell stays').toEqual([0.5, 0.5]);
    const double = screenFromFrame({ width: 2, height: 2 }, { width: 1, height: 1 }, 'contain');
    expect(mappingOf(double, warp)([0.25, 0]), 'the bend is scaled too').toEqual([1, -1]);
    const half = warpBetween(STILL, warp, 0.5);
    expect(applyWarp(half, [0.25, 0])).toEqual([0.375, -0.25]);
    expect(warpBetween(STILL, STILL, 0.5).bend).toBeNull();
  });
});
