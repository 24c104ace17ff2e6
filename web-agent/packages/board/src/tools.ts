import { LIMITS, type Shape } from '@sightline/protocol';
import type { Point } from './geometry';
import type { Overlay } from './overlay';

export type ToolName = 'arrow' | 'circle' | 'freehand' | 'highlight' | 'text' | 'pointer';

/** Points nearer than this to the one before add nothing to a stroke. */
const MIN_STEP_PX = 1.5;
/** A press without a drag shorter than this is a tap. */
const TAP_PX = 6;

export interface DrawingInputOptions {
  readonly overlay: Overlay;
  /** Receives the pointer events; usually the canvas. */
  readonly element: HTMLElement;
  /** Colour of the draft. */
  readonly color: string;
  /** A drawing began on this frame, which shall be kept until it is finished or given up. */
  readonly onBegin?: (frameTime: number | null) => void;
  /** The drawing that began was given up. */
  readonly onGiveUp?: () => void;
  /** A finished drawing with the frame that was on screen when it began. */
  readonly onShape: (shape: Shape, frameTime: number | null, width: number) => void;
  /** The live pointer moved; null when it left the picture. Only with the tool `pointer`. */
  readonly onPointer: (at: Point | null, frameTime: number | null) => void;
  /**
   * The text tool was used at a place: show an input at `screen` (CSS pixels of the element) and
   * call `done` with its text, or with null to give up.
   */
  readonly onText: (screen: Point, done: (text: string | null) => void) => void;
}

interface Stroke {
  readonly pointerId: number;
  readonly tool: Exclude<ToolName, 'pointer' | 'text'>;
  readonly frameTime: number | null;
  readonly startScreen: Point;
  readonly start: Point;
  readonly points: Point[];
  lastScreen: Point;
  end: Point;
  free: boolean;
}

/**
 * Turns pointer events into shapes in shares of the frame. A circle grows from its middle and is
 * round in pixels, an ellipse with Shift. A tap makes a shape of default size.
 */
export class DrawingInput {
  readonly #options: DrawingInputOptions;
  readonly #abort = new AbortController();
  #tool: ToolName | null = null;
  #stroke: Stroke | null = null;
  /** Stroke width as a share of the frame width, 0.001 to 0.05. */
  width = 0.006;
  color: string;

  constructor(options: DrawingInputOptions) {
    this.#options = options;
    this.color = options.color;
    const { element } = options;
    const { signal } = this.#abort;
    element.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    element.addEventListener('pointermove', (event) => this.#move(event), { signal });
    element.addEventListener('pointerup', (event) => this.#up(event), { signal });
    element.addEventListener('pointercancel', () => this.cancel(), { signal });
    element.addEventListener('pointerleave', () => this.#leave(), { signal });
  }

  get tool(): ToolName | null {
    return this.#tool;
  }

  /** Null lets pointer events pass. */
  set tool(tool: ToolName | null) {
    if (tool === this.#tool) return;
    this.cancel();
    this.#leave();
    this.#tool = tool;
    // A finger draws instead of scrolling only while there is something to draw with.
    this.#options.element.style.touchAction = tool === null ? '' : 'none';
  }

  /** Drops the drawing in the making, for the Escape key. */
  cancel(): void {
    if (this.#stroke !== null) this.#options.onGiveUp?.();
    this.#clear();
  }

  #clear(): void {
    this.#stroke = null;
    this.#options.overlay.setDraft(null);
  }

  dispose(): void {
    this.cancel();
    this.#abort.abort();
  }

  #screen(event: PointerEvent): Point {
    const box = this.#options.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #down(event: PointerEvent): void {
    const tool = this.#tool;
    if (tool === null || event.button !== 0 || this.#stroke !== null) return;
    const screen = this.#screen(event);
    const at = this.#options.overlay.frameFromScreen(screen);
    if (at === null || !isInFrame(at)) return;
    event.preventDefault();
    const frameTime = this.#options.overlay.frameTime;
    if (tool === 'pointer') {
      this.#options.onPointer(at, frameTime);
    } else if (tool === 'text') {
      this.#options.onBegin?.(frameTime);
      this.#options.onText(screen, (text) => {
        const trimmed = [...(text ?? '').trim()].slice(0, LIMITS.label_chars).join('');
        if (trimmed === '') {
          this.#options.onGiveUp?.();
          return;
        }
        this.#options.onShape({ type: 'text', at: pair(at), text: trimmed }, frameTime, this.width);
      });
    } else {
      this.#options.onBegin?.(frameTime);
      this.#options.element.setPointerCapture(event.pointerId);
      this.#stroke = {
        pointerId: event.pointerId,
        tool,
        frameTime,
        startScreen: screen,
        start: at,
        points: [at],
        lastScreen: screen,
        end: at,
        free: event.shiftKey,
      };
      this.#showDraft();
    }
  }

  #move(event: PointerEvent): void {
    const { overlay } = this.#options;
    const stroke = this.#stroke;
    if (stroke === null) {
      if (this.#tool !== 'pointer') return;
      const at = overlay.frameFromScreen(this.#screen(event));
      this.#options.onPointer(at !== null && isInFrame(at) ? at : null, overlay.frameTime);
      return;
    }
    if (event.pointerId !== stroke.pointerId) return;
    const steps = event.getCoalescedEvents?.() ?? [];
    for (const step of steps.length > 0 ? steps : [event]) this.#extend(stroke, step);
    this.#showDraft();
  }

  #extend(stroke: Stroke, event: PointerEvent): void {
    const screen = this.#screen(event);
    const at = this.#options.overlay.frameFromScreen(screen);
    if (at === null) return;
    stroke.end = clamped(at);
    stroke.free = event.shiftKey;
    const step = Math.hypot(screen[0] - stroke.lastScreen[0], screen[1] - stroke.lastScreen[1]);
    if (step < MIN_STEP_PX) return;
    stroke.lastScreen = screen;
    stroke.points.push(stroke.end);
    if (stroke.points.length > LIMITS.stroke_points) thinOut(stroke.points);
  }

  #up(event: PointerEvent): void {
    const stroke = this.#stroke;
    if (stroke === null || event.pointerId !== stroke.pointerId) return;
    this.#extend(stroke, event);
    const shape = this.#shapeOf(stroke);
    const width = this.#widthOf(stroke);
    this.#clear();
    this.#options.onShape(shape, stroke.frameTime, width);
  }

  #leave(): void {
    if (this.#tool === 'pointer') this.#options.onPointer(null, this.#options.overlay.frameTime);
  }

  #showDraft(): void {
    const stroke = this.#stroke;
    if (stroke === null) return;
    this.#options.overlay.setDraft({
      shape: this.#shapeOf(stroke),
      width: this.#widthOf(stroke),
      color: this.color,
    });
  }

  #widthOf(stroke: Stroke): number {
    const width = stroke.tool === 'highlight' ? this.width * 4 : this.width;
    return Math.min(0.05, Math.max(0.001, width));
  }

  #shapeOf(stroke: Stroke): Shape {
    const frame = this.#options.overlay.frameSize ?? { width: 4, height: 3 };
    const aspect = frame.width / frame.height;
    const { start, end, tool } = stroke;
    const moved = Math.hypot(
      stroke.lastScreen[0] - stroke.startScreen[0],
      stroke.lastScreen[1] - stroke.startScreen[1],
    );
    const tap = moved < TAP_PX;
    if (tool === 'arrow') {
      const from: Point = tap ? clamped([start[0] - 0.08, start[1] + 0.08 * aspect]) : start;
      return { type: 'arrow', from: pair(from), to: pair(tap ? start : end) };
    }
    if (tool === 'circle') {
      const dx = Math.abs(end[0] - start[0]);
      const dy = Math.abs(end[1] - start[1]);
      const round = Math.hypot(dx, dy / aspect);
      const radius: Point = tap
        ? [0.04, 0.04 * aspect]
        : stroke.free
          ? [Math.max(dx, 0.004), Math.max(dy, 0.004)]
          : [round, round * aspect];
      return { type: 'circle', center: pair(start), radius: pair(radius) };
    }
    return { type: tool, points: stroke.points.map(pair) };
  }
}

function pair([x, y]: Point): [number, number] {
  return [x, y];
}

function isInFrame([x, y]: Point): boolean {
  return x >= 0 && x <= 1 && y >= 0 && y <= 1;
}

/** A stroke may leave the picture, but not by much. */
function clamped([x, y]: Point): Point {
  return [Math.min(1.5, Math.max(-0.5, x)), Math.min(1.5, Math.max(-0.5, y))];
}

/** Drops every second point but the first and the last. */
function thinOut(points: Point[]): void {
  const kept = points.filter((_, index) => index % 2 === 0 || index === points.length - 1);
  points.splice(0, points.length, ...kept);
}
