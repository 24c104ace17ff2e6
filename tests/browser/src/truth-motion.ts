import type { Truth } from './clip';

const POINTS = 9;

/**
 * Where a point of the filmed thing is in another frame, in shares: the affine map that fits the
 * nine known points best, in the sense of least squares.
 */
export function moved(
  truth: Truth,
  from: number,
  to: number,
  [x, y]: readonly [number, number],
): [number, number] {
  const pairs = Array.from({ length: POINTS }, (_, point) => ({
    at: truth.point(from, point),
    there: truth.point(to, point),
  }));
  const mean = (value: (pair: (typeof pairs)[number]) => number) =>
    pairs.reduce((sum, pair) => sum + value(pair), 0) / POINTS;
  const middle = [mean((p) => p.at[0]), mean((p) => p.at[1])] as const;
  const later = [mean((p) => p.there[0]), mean((p) => p.there[1])] as const;
  const product = (a: 0 | 1, b: 0 | 1) =>
    mean((p) => (p.at[a] - middle[a]) * (p.at[b] - middle[b]));
  const [xx, xy, yy] = [product(0, 0), product(0, 1), product(1, 1)];
  const [dx, dy] = [x - middle[0], y - middle[1]];
  const along = (axis: 0 | 1): number => {
    const u = mean((p) => (p.there[axis] - later[axis]) * (p.at[0] - middle[0]));
    const v = mean((p) => (p.there[axis] - later[axis]) * (p.at[1] - middle[1]));
    const determinant = xx * yy - xy * xy;
    return later[axis] + ((u * yy - v * xy) * dx + (v * xx - u * xy) * dy) / determinant;
  };
  return [along(0), along(1)];
}
