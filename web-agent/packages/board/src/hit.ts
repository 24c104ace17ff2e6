import type { Point } from './geometry';

/** Distance in pixels from a point to a line through points; infinite for an empty one. */
export function distanceToLine(point: Point, line: readonly Point[]): number {
  const first = line[0];
  if (first === undefined) return Number.POSITIVE_INFINITY;
  let nearest = Math.hypot(point[0] - first[0], point[1] - first[1]);
  for (let index = 1; index < line.length; index++) {
    const a = line[index - 1];
    const b = line[index];
    if (a === undefined || b === undefined) continue;
    nearest = Math.min(nearest, distanceToSegment(point, a, b));
  }
  return nearest;
}

function distanceToSegment(p: Point, a: Point, b: Point): number {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
}
