import type { Point } from './geometry';

/** A part of the view in CSS pixels. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Which way to turn the camera to see something again. */
export type Direction = 'left' | 'right' | 'up' | 'down';

/** Keeps the whole edge arrow inside the view. */
const MARGIN_PX = 26;

export function isInside(rect: Rect, [x, y]: Point): boolean {
  return x >= rect.left && x <= rect.right && y >= rect.top && y <= rect.bottom;
}

/** Which way a point lies outside; null when it is inside. */
export function directionTo(rect: Rect, point: Point): Direction | null {
  if (isInside(rect, point)) return null;
  const beyondX = Math.max(rect.left - point[0], point[0] - rect.right);
  const beyondY = Math.max(rect.top - point[1], point[1] - rect.bottom);
  if (beyondX >= beyondY) return point[0] < rect.left ? 'left' : 'right';
  return point[1] < rect.top ? 'up' : 'down';
}

/** Where the arrow to a point outside stands, on the way from the middle, and its angle in radians. */
export function edgeArrow(
  rect: Rect,
  point: Point,
): { readonly at: Point; readonly angle: number } {
  const middle: Point = [(rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2];
  const dx = point[0] - middle[0];
  const dy = point[1] - middle[1];
  const halfWidth = Math.max(1, (rect.right - rect.left) / 2 - MARGIN_PX);
  const halfHeight = Math.max(1, (rect.bottom - rect.top) / 2 - MARGIN_PX);
  const scale = 1 / Math.max(Math.abs(dx) / halfWidth, Math.abs(dy) / halfHeight, 1e-9);
  return { at: [middle[0] + dx * scale, middle[1] + dy * scale], angle: Math.atan2(dy, dx) };
}
