import { describe, expect, it } from 'vitest';
import {
  AUTHOR_COLORS,
  authorColor,
  directionTo,
  edgeArrow,
  ellipse,
  frameTimesWanted,
  type Point,
  pinPlace,
  shapeCenter,
  strokeOutline,
  wrapped,
} from '../src';
import { distanceToLine } from '../src/hit';

describe('shapes', () => {
  it('have the middle that people mean', () => {
    expect(shapeCenter({ type: 'arrow', from: [0, 0], to: [0.5, 0.25] })).toEqual([0.5, 0.25]);
    const points: [number, number][] = [
      [0.25, 0.5],
      [0.75, 0.25],
      [0.5, 0.75],
    ];
    expect(shapeCenter({ type: 'freehand', points })).toEqual([0.5, 0.5]);
    expect(shapeCenter({ type: 'freehand', points: [] })).toBeNull();
  });

  it('an ellipse keeps its half-axes', () => {
    const points = ellipse([0.5, 0.5], [0.2, 0.1]);
    expect(Math.max(...points.map(([x]) => x))).toBeCloseTo(0.7, 6);
    expect(Math.min(...points.map(([, y]) => y))).toBeCloseTo(0.4, 6);
    const [first, last] = [points[0], points.at(-1)];
    expect(last?.[0]).toBeCloseTo(first?.[0] ?? 0, 9);
  });

  it('an outline is as wide as the stroke in square pixels', () => {
    const line = Array.from({ length: 40 }, (_, i): [number, number] => [0.1 + i * 0.02, 0.5]);
    const polygon = strokeOutline(line, 0.02, 16 / 9, false);
    const middle = polygon.filter(([x]) => x > 0.4 && x < 0.6).map(([, y]) => y);
    // Shares of the height: 0.02 of the width are 0.02 * 16 / 9 of the height.
    const height = Math.max(...middle) - Math.min(...middle);
    expect(height).toBeCloseTo((0.02 * 16) / 9, 3);
    expect(strokeOutline(line, 0.02, 16 / 9, false)).toBe(polygon);
    expect(strokeOutline(line, 0.02, 4 / 3, false)).not.toBe(polygon);
  });

  it('a single point still is a dot', () => {
    expect(strokeOutline([[0.5, 0.5]], 0.01, 1, true).length).toBeGreaterThan(3);
  });
});

describe('labels', () => {
  const widthOf = (text: string) => [...text].length;

  it('break between words', () => {
    expect(wrapped('turn this valve', 10, widthOf)).toEqual(['turn this', 'valve']);
  });

  it('break inside words that are too long, and never lose a letter', () => {
    expect(wrapped('abcdefghij', 4, widthOf)).toEqual(['abcd', 'efgh', 'ij']);
    const text = 'これは長い文章です。';
    expect(wrapped(text, 3, widthOf).join('')).toBe(text);
    expect(wrapped('ab', 0, widthOf)).toEqual(['a', 'b']);
  });

  it('an empty one is one empty line', () => {
    expect(wrapped('', 10, widthOf)).toEqual(['']);
  });
});

describe('the edge', () => {
  const rect = { left: 0, top: 0, right: 400, bottom: 200 };

  it('tells which way to turn', () => {
    expect(directionTo(rect, [200, 100])).toBeNull();
    expect(directionTo(rect, [-10, 100])).toBe('left');
    expect(directionTo(rect, [500, 100])).toBe('right');
    expect(directionTo(rect, [200, -300])).toBe('up');
    expect(directionTo(rect, [200, 300])).toBe('down');
  });

  it('carries the arrow on the way to the thing, inside the view', () => {
    const { at, angle } = edgeArrow(rect, [1_000, 100]);
    expect(at[0]).toBeGreaterThan(300);
    expect(at[0]).toBeLessThan(400);
    expect(at[1]).toBeCloseTo(100, 6);
    expect(angle).toBeCloseTo(0, 6);
    const below = edgeArrow(rect, [200, 900]);
    expect(below.at[1]).toBeLessThan(200);
    expect(below.angle).toBeCloseTo(Math.PI / 2, 6);
  });
});

it('a line is hit near its segments, not only near its points', () => {
  const line = [
    [0, 0],
    [100, 0],
  ] as const;
  expect(distanceToLine([50, 5], line)).toBeCloseTo(5, 9);
  expect(distanceToLine([130, 40], line)).toBeCloseTo(50, 9);
  expect(distanceToLine([0, 0], [])).toBe(Number.POSITIVE_INFINITY);
});

describe('the badge of a fixed drawing', () => {
  const visible = { left: 100, top: 0, right: 500, bottom: 300 };

  it('sits at the top of the drawing, inside the picture', () => {
    const line: Point[] = [
      [200, 120],
      [260, 80],
      [320, 140],
    ];
    expect(pinPlace(line, visible)).toEqual([260, 80]);
    expect(pinPlace([[60, -40]], visible)).toEqual([111, 11]);
    expect(pinPlace([], visible)).toBeNull();
  });
});

describe('authors', () => {
  it('have eight colours, all different', () => {
    expect(new Set(AUTHOR_COLORS).size).toBe(8);
    expect(authorColor(9)).toBe(AUTHOR_COLORS[1]);
  });

  it('have colours that stay apart for eyes without red, green or blue cones', () => {
    // Simulation matrices of Viénot, Brettel and Mollon (1999) and, for blue, Brettel (1997), in
    // linear RGB; distances in CIE Lab.
    const blind = {
      nobody: [1, 0, 0, 0, 1, 0, 0, 0, 1],
      protan: [0.1124, 0.8876, 0, 0.1124, 0.8876, 0, 0.004, -0.004, 1],
      deutan: [0.2928, 0.7072, 0, 0.2928, 0.7072, 0, -0.0223, 0.0223, 1],
      tritan: [1.0152, 0.1468, -0.162, -0.0174, 0.8477, 0.1698, 0.0076, 0.8107, 0.1817],
    };
    for (const [name, matrix] of Object.entries(blind)) {
      for (const [index, color] of AUTHOR_COLORS.entries()) {
        for (const other of AUTHOR_COLORS.slice(index + 1)) {
          const [a, b] = [lab(color, matrix), lab(other, matrix)];
          const distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
          expect(distance, `${name}: ${color} and ${other}`).toBeGreaterThan(25);
        }
      }
    }
  });
});

type Triple = [number, number, number];

function lab(hex: string, matrix: readonly number[]): Triple {
  const rgb = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const times = (m: readonly number[], v: readonly number[]): Triple =>
    [0, 3, 6].map((row) =>
      v.reduce((sum, value, column) => sum + value * (m[row + column] ?? 0), 0),
    ) as Triple;
  const seen = times(matrix, rgb).map((value) => Math.min(1, Math.max(0, value)));
  const srgb = [0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505];
  const xyz = times(srgb, seen);
  const f = (value: number) => (value > 0.008_856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const [x, y, z] = [f(xyz[0] / 0.9505), f(xyz[1]), f(xyz[2] / 1.089)];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

it('the address can turn frame times off', () => {
  expect(frameTimesWanted('')).toBe(true);
  expect(frameTimesWanted('?frame_times=off')).toBe(false);
});
