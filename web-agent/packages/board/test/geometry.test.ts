import { readFileSync } from 'node:fs';
import type { Homography8 } from '@sightline/protocol';
import { describe, expect, it } from 'vitest';
import {
  apply,
  compose,
  type Fit,
  frameFromScreen,
  frameTimeDistance,
  type Homography,
  homographyFromPose,
  IDENTITY,
  invert,
  mapLine,
  type Point,
  screenFromFrame,
} from '../src';

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
      mapLine(h, [
        [0, 0],
        [0.25, 0],
        [0.75, 0],
      ]),
    ).toHaveLength(2);
    expect(
      mapLine(IDENTITY, [
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
});
