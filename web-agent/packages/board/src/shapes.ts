import type { Shape } from '@sightline/protocol';
import { getStroke } from 'perfect-freehand';
import type { Point } from './geometry';

const ELLIPSE_POINTS = 56;
/** Strokes are outlined in this many units of frame width, where pixels are square. */
const OUTLINE_UNITS = 1_000;

/** Middle of a shape in shares of the frame it was drawn on; null when it is not known how to draw it. */
export function shapeCenter(shape: Shape): Point | null {
  switch (shape.type) {
    case 'arrow':
      // The head is what an arrow is about.
      return shape.to;
    case 'circle':
      return shape.center;
    case 'freehand':
    case 'highlight':
      return middleOf(shape.points);
    case 'text':
      return shape.at;
    default:
      return null;
  }
}

function middleOf(points: readonly Point[]): Point | null {
  if (points.length === 0) return null;
  let left = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const [x, y] of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [(left + right) / 2, (top + bottom) / 2];
}

/** The line that a shape follows, in shares of the frame; what a hit test measures against. */
export function shapeLine(shape: Shape): readonly Point[] {
  switch (shape.type) {
    case 'arrow':
      return [shape.from, shape.to];
    case 'circle':
      return ellipse(shape.center, shape.radius);
    case 'freehand':
    case 'highlight':
      return shape.points;
    case 'text':
      return [shape.at];
    default:
      return [];
  }
}

/** Points of an axis-parallel ellipse, closed. */
export function ellipse(center: Point, radius: Point): readonly Point[] {
  const points: Point[] = [];
  for (let index = 0; index <= ELLIPSE_POINTS; index++) {
    const angle = (index / ELLIPSE_POINTS) * 2 * Math.PI;
    points.push([center[0] + radius[0] * Math.cos(angle), center[1] + radius[1] * Math.sin(angle)]);
  }
  return points;
}

interface Outline {
  readonly aspect: number;
  readonly width: number;
  readonly polygon: readonly Point[];
}

const outlines = new WeakMap<readonly Point[], Outline>();

/**
 * Outline of a hand-drawn stroke in shares of the frame, a polygon to fill. It is made once a stroke
 * and then only mapped: where the stroke goes, its outline goes.
 *
 * @param width stroke width as a share of the frame width
 * @param aspect frame width by height
 * @param tapered true for a pen, false for a highlighter
 */
export function strokeOutline(
  points: readonly Point[],
  width: number,
  aspect: number,
  tapered: boolean,
): readonly Point[] {
  const known = outlines.get(points);
  if (known !== undefined && known.aspect === aspect && known.width === width) return known.polygon;
  const toUnits = points.map(([x, y]) => [x * OUTLINE_UNITS, (y * OUTLINE_UNITS) / aspect]);
  const outline = getStroke(toUnits, {
    size: width * OUTLINE_UNITS,
    thinning: tapered ? 0.35 : 0,
    smoothing: 0.5,
    streamline: 0.3,
    simulatePressure: tapered,
    last: true,
  });
  const polygon = outline.map(
    ([x = 0, y = 0]): Point => [x / OUTLINE_UNITS, (y * aspect) / OUTLINE_UNITS],
  );
  outlines.set(points, { aspect, width, polygon });
  return polygon;
}
