import type { Shape } from '@sightline/protocol';
import type { Rect } from './edge';
import type { Mapping, Point } from './geometry';
import { ellipse, strokeOutline } from './shapes';

const OUTLINE = 'rgba(255, 255, 255, 0.92)';
const OUTLINE_PX = 2;
/** Radius of the badge of a fixed drawing. */
const PIN_PX = 11;
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
  screenFromDrawn: Mapping,
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
function strokePx(shape: Shape, width: number, m: Mapping): number {
  const at: Point =
    shape.type === 'arrow'
      ? shape.to
      : shape.type === 'circle'
        ? shape.center
        : shape.type === 'text'
          ? shape.at
          : [0.5, 0.5];
  const here = m(at);
  const right = m([at[0] + 0.01, at[1]]);
  if (here === null || right === null) return 3;
  const frameWidthPx = Math.hypot(right[0] - here[0], right[1] - here[1]) * 100;
  return Math.min(60, Math.max(2.5, width * frameWidthPx));
}

/** Points behind the horizon are left out. */
function pathOf(points: readonly Point[], m: Mapping, closed: boolean): Path2D {
  const path = new Path2D();
  let started = false;
  for (const point of points) {
    const screen = m(point);
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
  m: Mapping,
): void {
  const from = m(shape.from);
  const to = m(shape.to);
  if (from === null || to === null) return;
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length < 1) return;
  const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const head = Math.min(Math.max(16, width * 4.5), Math.max(10, length * 0.6));
  const half = head * 0.45;
  const neck: Point = [to[0] - ux * head * 0.8, to[1] - uy * head * 0.8];
  const base: Point = [to[0] - ux * head, to[1] - uy * head];
  // One outline around shaft and head, so that a faded arrow shows no seam between them.
  const side = (at: Point, across: number): Point => [at[0] - uy * across, at[1] + ux * across];
  const path = new Path2D();
  const corners = [
    to,
    side(base, half),
    side(neck, width / 2),
    side(from, width / 2),
    side(from, -width / 2),
    side(neck, -width / 2),
    side(base, -half),
  ];
  corners.forEach(([x, y], index) => {
    if (index === 0) path.moveTo(x, y);
    else path.lineTo(x, y);
  });
  path.closePath();
  fillTwice(ctx, path, color, outlinePx);
}

function drawText(
  ctx: CanvasRenderingContext2D,
  shape: Shape & { type: 'text' },
  color: string,
  width: number,
  outlinePx: number,
  m: Mapping,
): void {
  const at = m(shape.at);
  if (at === null) return;
  const size = Math.round(Math.min(28, Math.max(15, width * 2.8)));
  label(ctx, shape.text, at, size, color, outlinePx);
}

/**
 * Text on a dark scrim with the author's colour at its side; `at` is the start of the first
 * baseline. A label whose start is in the view is moved so far that all of it is.
 */
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
  const view = { width: ctx.canvas.clientWidth, height: ctx.canvas.clientHeight };
  const pad = Math.round(sizePx * 0.4);
  const bar = Math.max(3, Math.round(sizePx * 0.2));
  const longest = Math.min(420, Math.max(120, view.width * 0.7));
  const lines = wrapped(text, longest, (part) => ctx.measureText(part).width);
  const leading = Math.round(sizePx * 1.3);
  const width = Math.max(...lines.map((line) => ctx.measureText(line).width)) + pad * 2 + bar;
  const height = sizePx + pad * 1.4 + leading * (lines.length - 1);
  let left = at[0] - pad - bar;
  let top = at[1] - sizePx - pad * 0.5;
  if (at[0] >= 0 && at[0] <= view.width && at[1] >= 0 && at[1] <= view.height) {
    left = Math.max(2, Math.min(left, view.width - width - 2));
    top = Math.max(2, Math.min(top, view.height - height - 2));
  }
  const box = new Path2D();
  box.roundRect(left, top, width, height, 4);
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
  lines.forEach((line, index) => {
    ctx.fillText(line, left + pad + bar, top + sizePx + pad * 0.5 + leading * index);
  });
}

/** Breaks a text into lines of at most this width: between words, and inside words that are longer. */
export function wrapped(
  text: string,
  longest: number,
  widthOf: (part: string) => number,
): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\s)/)) {
    if (line === '' || widthOf(line + word.trimEnd()) <= longest) {
      line += word;
    } else {
      lines.push(line.trimEnd());
      line = word;
    }
    for (
      let letters = [...line];
      letters.length > 1 && widthOf(line.trimEnd()) > longest;
      letters = [...line]
    ) {
      let fits = letters.length - 1;
      while (fits > 1 && widthOf(letters.slice(0, fits).join('')) > longest) fits -= 1;
      lines.push(letters.slice(0, fits).join(''));
      line = letters.slice(fits).join('');
    }
  }
  if (line.trimEnd() !== '' || lines.length === 0) lines.push(line.trimEnd());
  return lines;
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
  ctx.restore();
  if (name !== '') label(ctx, name, [at[0] + 26, at[1] + 30], 13, color, 1);
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

/** Middle of the badge above the topmost point of a line, kept inside the visible part. */
export function pinPlace(line: readonly Point[], visible: Rect): Point | null {
  const first = line[0];
  if (first === undefined) return null;
  const [x, y] = line.reduce((top, point) => (point[1] < top[1] ? point : top), first);
  const clamp = (value: number, low: number, high: number) =>
    Math.min(Math.max(value, low), Math.max(low, high));
  return [
    clamp(x, visible.left + PIN_PX, visible.right - PIN_PX),
    clamp(y, visible.top + PIN_PX, visible.bottom - PIN_PX),
  ];
}

/** The badge of a drawing that is fixed to the screen: a pin on a dark disc at its top. */
export function drawPin(
  ctx: CanvasRenderingContext2D,
  line: readonly Point[],
  visible: Rect,
): void {
  const at = pinPlace(line, visible);
  if (at === null) return;
  ctx.save();
  ctx.translate(at[0], at[1]);
  const disc = new Path2D();
  disc.arc(0, 0, PIN_PX, 0, Math.PI * 2);
  ctx.fillStyle = SCRIM;
  ctx.fill(disc);
  ctx.strokeStyle = '#ffffff';
  ctx.lineWidth = 1.75;
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.stroke(new Path2D('M-4 -6.5 H4 M-2.5 -6.5 V-1 L-5 1.5 H5 L2.5 -1 V-6.5 M0 1.5 V7'));
  ctx.restore();
}
