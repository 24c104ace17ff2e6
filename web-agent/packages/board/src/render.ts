import type { Shape } from '@sightline/protocol';
import { apply, type Homography, type Point } from './geometry';
import { ellipse, strokeOutline } from './shapes';

const OUTLINE = 'rgba(255, 255, 255, 0.92)';
const OUTLINE_PX = 2;
const SCRIM = 'rgba(15, 18, 25, 0.82)';
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/** How one shape is to be drawn. */
export interface ShapeStyle {
  readonly color: string;
  /** Stroke width as a share of the frame width. */
  readonly width: number;
  /** 0 to 1. */
  readonly alpha: number;
  readonly emphasised: boolean;
}

/**
 * Draws a shape.
 *
 * @param screenFromDrawn maps shares of the drawn-on frame to CSS pixels
 * @param aspect frame width by height
 */
export function drawShape(
  ctx: CanvasRenderingContext2D,
  shape: Shape,
  style: ShapeStyle,
  screenFromDrawn: Homography,
  aspect: number,
): void {
  ctx.save();
  ctx.globalAlpha = style.alpha;
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  const width = strokePx(shape, style.width, screenFromDrawn);
  const outlinePx = style.emphasised ? OUTLINE_PX * 2 : OUTLINE_PX;
  switch (shape.type) {
    case 'arrow':
      drawArrow(ctx, shape, style.color, width, outlinePx, screenFromDrawn);
      break;
    case 'circle': {
      const path = pathOf(ellipse(shape.center, shape.radius), screenFromDrawn, true);
      strokeTwice(ctx, path, style.color, width, outlinePx);
      break;
    }
    case 'freehand': {
      const outline = strokeOutline(shape.points, style.width, aspect, true);
      fillTwice(ctx, pathOf(outline, screenFromDrawn, true), style.color, outlinePx);
      break;
    }
    case 'highlight': {
      const outline = strokeOutline(shape.points, style.width, aspect, false);
      const path = pathOf(outline, screenFromDrawn, true);
      ctx.globalAlpha = style.alpha * 0.7;
      ctx.strokeStyle = OUTLINE;
      ctx.lineWidth = outlinePx;
      ctx.stroke(path);
      ctx.globalAlpha = style.alpha * 0.45;
      ctx.fillStyle = style.color;
      ctx.fill(path);
      break;
    }
    case 'text':
      drawText(ctx, shape, style.color, width, outlinePx, screenFromDrawn);
      break;
    default:
      break;
  }
  ctx.restore();
}

/** Stroke width in CSS pixels, growing and shrinking with the thing that is drawn on. */
function strokePx(shape: Shape, width: number, m: Homography): number {
  const at: Point =
    shape.type === 'arrow'
      ? shape.to
      : shape.type === 'circle'
        ? shape.center
        : shape.type === 'text'
          ? shape.at
          : [0.5, 0.5];
  const here = apply(m, at);
  const right = apply(m, [at[0] + 0.01, at[1]]);
  if (here === null || right === null) return 3;
  const frameWidthPx = Math.hypot(right[0] - here[0], right[1] - here[1]) * 100;
  return Math.min(60, Math.max(2.5, width * frameWidthPx));
}

/** Points behind the horizon are left out. */
function pathOf(points: readonly Point[], m: Homography, closed: boolean): Path2D {
  const path = new Path2D();
  let started = false;
  for (const point of points) {
    const screen = apply(m, point);
    if (screen === null) continue;
    if (started) path.lineTo(screen[0], screen[1]);
    else path.moveTo(screen[0], screen[1]);
    started = true;
  }
  if (closed && started) path.closePath();
  return path;
}

function strokeTwice(
  ctx: CanvasRenderingContext2D,
  path: Path2D,
  color: string,
  width: number,
  outlinePx: number,
): void {
  ctx.strokeStyle = OUTLINE;
  ctx.lineWidth = width + outlinePx * 2;
  ctx.stroke(path);
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.stroke(path);
}

function fillTwice(
  ctx: CanvasRenderingContext2D,
  path: Path2D,
  color: string,
  outlinePx: number,
): void {
  ctx.strokeStyle = OUTLINE;
  ctx.lineWidth = outlinePx * 2;
  ctx.stroke(path);
  ctx.fillStyle = color;
  ctx.fill(path);
}

function drawArrow(
  ctx: CanvasRenderingContext2D,
  shape: Shape & { type: 'arrow' },
  color: string,
  width: number,
  outlinePx: number,
  m: Homography,
): void {
  const from = apply(m, shape.from);
  const to = apply(m, shape.to);
  if (from === null || to === null) return;
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length < 1) return;
  const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const head = Math.min(Math.max(16, width * 4.5), Math.max(10, length * 0.6));
  const half = head * 0.45;
  const neck: Point = [to[0] - ux * head * 0.8, to[1] - uy * head * 0.8];
  const base: Point = [to[0] - ux * head, to[1] - uy * head];
  const path = new Path2D();
  path.moveTo(to[0], to[1]);
  path.lineTo(base[0] - uy * half, base[1] + ux * half);
  path.lineTo(neck[0], neck[1]);
  path.lineTo(base[0] + uy * half, base[1] - ux * half);
  path.closePath();
  const shaft = new Path2D();
  shaft.moveTo(from[0], from[1]);
  shaft.lineTo(neck[0], neck[1]);
  // Both outlines first, so that neither cuts a light line through the other part.
  ctx.strokeStyle = OUTLINE;
  ctx.lineWidth = width + outlinePx * 2;
  ctx.stroke(shaft);
  ctx.lineWidth = outlinePx * 2;
  ctx.stroke(path);
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = width;
  ctx.stroke(shaft);
  ctx.fill(path);
}

function drawText(
  ctx: CanvasRenderingContext2D,
  shape: Shape & { type: 'text' },
  color: string,
  width: number,
  outlinePx: number,
  m: Homography,
): void {
  const at = apply(m, shape.at);
  if (at === null) return;
  const size = Math.round(Math.min(40, Math.max(15, width * 3.2)));
  label(ctx, shape.text, at, size, color, outlinePx);
}

/** Text on a dark scrim with the author's colour at its side; `at` is the start of the baseline. */
export function label(
  ctx: CanvasRenderingContext2D,
  text: string,
  at: Point,
  sizePx: number,
  color: string,
  outlinePx: number,
): void {
  ctx.font = `600 ${sizePx}px ${FONT}`;
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'left';
  const pad = Math.round(sizePx * 0.4);
  const bar = Math.max(3, Math.round(sizePx * 0.2));
  const wide = ctx.measureText(text).width;
  const left = at[0] - pad - bar;
  const top = at[1] - sizePx - pad * 0.5;
  const height = sizePx + pad * 1.4;
  const box = new Path2D();
  box.roundRect(left, top, wide + pad * 2 + bar, height, 4);
  ctx.strokeStyle = OUTLINE;
  ctx.lineWidth = outlinePx;
  ctx.stroke(box);
  ctx.fillStyle = SCRIM;
  ctx.fill(box);
  const side = new Path2D();
  side.roundRect(left, top, bar, height, [4, 0, 0, 4]);
  ctx.fillStyle = color;
  ctx.fill(side);
  ctx.fillStyle = '#ffffff';
  ctx.fillText(text, at[0], at[1]);
}

/** A live pointer: an arrow cursor in the author's colour with the name beside it. */
export function drawPointer(
  ctx: CanvasRenderingContext2D,
  at: Point,
  name: string,
  color: string,
): void {
  ctx.save();
  ctx.translate(at[0], at[1]);
  const cursor = new Path2D('M0 0 L0 20 L5.5 15.2 L9.2 23.5 L12.6 22 L9 13.9 L16 13.4 Z');
  ctx.lineJoin = 'round';
  ctx.strokeStyle = OUTLINE;
  ctx.lineWidth = 4;
  ctx.stroke(cursor);
  ctx.fillStyle = color;
  ctx.fill(cursor);
  if (name !== '') label(ctx, name, [26, 30], 13, color, 1);
  ctx.restore();
}

/** An arrow at the edge of the picture that points to something outside. */
export function drawEdgeArrow(
  ctx: CanvasRenderingContext2D,
  at: Point,
  angle: number,
  color: string,
): void {
  ctx.save();
  ctx.translate(at[0], at[1]);
  ctx.rotate(angle);
  const disc = new Path2D();
  disc.arc(0, 0, 17, 0, Math.PI * 2);
  ctx.fillStyle = SCRIM;
  ctx.fill(disc);
  ctx.strokeStyle = OUTLINE;
  ctx.lineWidth = 2;
  ctx.stroke(disc);
  const head = new Path2D('M-6 -8 L9 0 L-6 8 L-2.5 0 Z');
  ctx.lineJoin = 'round';
  ctx.strokeStyle = OUTLINE;
  ctx.lineWidth = 3;
  ctx.stroke(head);
  ctx.fillStyle = color;
  ctx.fill(head);
  ctx.restore();
}
