/**
 * Geometry of frames and views. A point is a share of the frame, `[x, y]` with the origin at the top
 * left corner of the upright picture; screen points are CSS pixels of the canvas. Transforms are
 * named `target_from_source` and compose from right to left.
 */
import type { Homography8 } from '@sightline/protocol';

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
export function mapLine(h: Homography, points: readonly Point[]): Point[] {
  const mapped: Point[] = [];
  for (const point of points) {
    const at = apply(h, point);
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
