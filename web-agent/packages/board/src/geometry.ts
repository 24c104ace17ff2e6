/**
 * Geometry of frames and views. A point is a share of the frame, `[x, y]` with the origin at the top
 * left corner of the upright picture; screen points are CSS pixels of the canvas. Transforms are
 * named `target_from_source` and compose from right to left.
 */
import { BEND_SIDE, type Bend, type Homography8, type Pose } from '@sightline/protocol';

export type Point = readonly [x: number, y: number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Row-major 3x3. */
export type Homography = readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

export const IDENTITY: Homography = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** How a view shows a picture of another aspect: `contain` letterboxes, `cover` crops. */
export type Fit = 'contain' | 'cover';

/** The homography of a pose packet. */
export function homographyFromPose(values: Homography8): Homography {
  return [...values, 1];
}

/** Where the points of a drawing go: a homography and, where the thing is not flat, a bend. */
export interface Warp {
  readonly homography: Homography;
  readonly bend: Bend | null;
}

/** Leaves every point where it is. */
export const STILL: Warp = { homography: IDENTITY, bend: null };

/** Maps a point; null when it lies on or behind the horizon. */
export type Mapping = (point: Point) => Point | null;

/** The warp of a pose, `frame_from_drawn`. */
export function warpFromPose({ homography, bend }: Pick<Pose, 'homography' | 'bend'>): Warp {
  return { homography: homographyFromPose(homography), bend };
}

/** Where a warp puts a point; null when it lies on or behind the horizon of the plane. */
export function applyWarp({ homography, bend }: Warp, point: Point): Point | null {
  const at = apply(homography, point);
  if (at === null || bend === null) return at;
  const [x, y] = bendAt(bend, point);
  return [at[0] + x, at[1] + y];
}

/** `a` after `b`, where only `b` bends. */
export function mappingOf(a: Homography, b: Warp): Mapping {
  return (point) => {
    const at = applyWarp(b, point);
    return at === null ? null : apply(a, at);
  };
}

/** From one warp to another, `share` of the way, element by element; no bend is one without shifts. */
export function warpBetween(from: Warp, to: Warp, share: number): Warp {
  const homography = from.homography.map((value, element) => {
    const end = to.homography[element] ?? value;
    return value + (end - value) * share;
  }) as unknown as Homography;
  const over = (to.bend ?? from.bend)?.over;
  if (over === undefined) return { homography, bend: null };
  const by = Array.from({ length: BEND_SIDE * BEND_SIDE }, (_, node): Point => {
    const [a, b] = [from.bend?.by[node] ?? [0, 0], to.bend?.by[node] ?? [0, 0]];
    return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
  });
  return { homography, bend: { over, by } };
}

/** The shift of a bend at a point of the drawn-on frame, that of the box's rim outside of it. */
export function bendAt({ over, by }: Bend, [x, y]: Point): Point {
  const [left, top, right, bottom] = over;
  const last = BEND_SIDE - 1;
  const cell = (value: number, low: number, high: number): readonly [number, number] => {
    const along = Math.min(last, Math.max(0, (last * (value - low)) / Math.max(1e-9, high - low)));
    const first = Math.min(BEND_SIDE - 2, Math.floor(along));
    return [first, along - first];
  };
  const [[column, u], [row, v]] = [cell(x, left, right), cell(y, top, bottom)];
  const node = (dx: number, dy: number): Point =>
    by[(row + dy) * BEND_SIDE + column + dx] ?? [0, 0];
  const [a, b, c, d] = [node(0, 0), node(1, 0), node(0, 1), node(1, 1)];
  const mix = (axis: 0 | 1): number => {
    const upper = a[axis] + u * (b[axis] - a[axis]);
    const lower = c[axis] + u * (d[axis] - c[axis]);
    return upper + v * (lower - upper);
  };
  return [mix(0), mix(1)];
}

/** `a * b`: first `b`, then `a`. */
export function compose(a: Homography, b: Homography): Homography {
  const [a0, a1, a2, a3, a4, a5, a6, a7, a8] = a;
  const [b0, b1, b2, b3, b4, b5, b6, b7, b8] = b;
  return [
    a0 * b0 + a1 * b3 + a2 * b6,
    a0 * b1 + a1 * b4 + a2 * b7,
    a0 * b2 + a1 * b5 + a2 * b8,
    a3 * b0 + a4 * b3 + a5 * b6,
    a3 * b1 + a4 * b4 + a5 * b7,
    a3 * b2 + a4 * b5 + a5 * b8,
    a6 * b0 + a7 * b3 + a8 * b6,
    a6 * b1 + a7 * b4 + a8 * b7,
    a6 * b2 + a7 * b5 + a8 * b8,
  ];
}

/** The inverse; null when the homography flattens the plane. */
export function invert(h: Homography): Homography | null {
  const [a, b, c, d, e, f, g, i, j] = h;
  const c0 = e * j - f * i;
  const c1 = f * g - d * j;
  const c2 = d * i - e * g;
  const det = a * c0 + b * c1 + c * c2;
  if (!Number.isFinite(det) || Math.abs(det) < 1e-12) return null;
  return [
    c0 / det,
    (c * i - b * j) / det,
    (b * f - c * e) / det,
    c1 / det,
    (a * j - c * g) / det,
    (c * d - a * f) / det,
    c2 / det,
    (b * g - a * i) / det,
    (a * e - b * d) / det,
  ];
}

/** Maps a point; null when it lies on or behind the horizon of the plane. */
export function apply(h: Homography, [x, y]: Point): Point | null {
  const w = h[6] * x + h[7] * y + h[8];
  if (w < 1e-6) return null;
  return [(h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w];
}

/** Maps a line; points on or behind the horizon are left out. */
export function mapLine(mapping: Mapping, points: readonly Point[]): Point[] {
  const mapped: Point[] = [];
  for (const point of points) {
    const at = mapping(point);
    if (at !== null) mapped.push(at);
  }
  return mapped;
}

/** `screen_from_frame`: where a view of `view` CSS pixels shows a picture of the aspect of `frame`. */
export function screenFromFrame(view: Size, frame: Size, fit: Fit): Homography {
  const byWidth = view.width / frame.width;
  const byHeight = view.height / frame.height;
  const scale = fit === 'contain' ? Math.min(byWidth, byHeight) : Math.max(byWidth, byHeight);
  const width = frame.width * scale;
  const height = frame.height * scale;
  return [width, 0, (view.width - width) / 2, 0, height, (view.height - height) / 2, 0, 0, 1];
}

/** `frame_from_screen`: the inverse of {@link screenFromFrame}. */
export function frameFromScreen(view: Size, frame: Size, fit: Fit): Homography {
  const [width, , left, , height, top] = screenFromFrame(view, frame, fit);
  return [1 / width, 0, -left / width, 0, 1 / height, -top / height, 0, 0, 1];
}

/** Signed distance `a - b` of two wrapping 32-bit frame times, in ticks of 1/90000 s. */
export function frameTimeDistance(a: number, b: number): number {
  return (a - b) | 0;
}
