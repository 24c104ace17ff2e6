import type { Rect } from './edge';
import {
  apply,
  type Fit,
  frameFromScreen,
  type Homography,
  IDENTITY,
  type Point,
  type Size,
  screenFromFrame,
} from './geometry';

/** A canvas in the page: its size in CSS and device pixels, and where it shows a picture. */
export class View {
  readonly #canvas: HTMLCanvasElement;
  readonly #observer: ResizeObserver;
  #size: Size = { width: 0, height: 0 };
  #ratio = 1;
  fit: Fit;

  constructor(canvas: HTMLCanvasElement, fit: Fit, onResize: () => void) {
    this.#canvas = canvas;
    this.fit = fit;
    this.#observer = new ResizeObserver(() => {
      this.#measure();
      onResize();
    });
    this.#observer.observe(canvas);
    this.#measure();
  }

  /** Clears the canvas; afterwards one unit is one CSS pixel. */
  begin(ctx: CanvasRenderingContext2D): void {
    // The ratio changes without a new size when a window moves to another display.
    if (this.#ratio !== (globalThis.devicePixelRatio || 1)) this.#measure();
    ctx.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    ctx.clearRect(0, 0, this.#size.width, this.#size.height);
  }

  /** Maps shares of the frame to CSS pixels of the canvas. */
  screenFromFrame(frame: Size | null): Homography {
    return frame === null || this.#size.width === 0
      ? IDENTITY
      : screenFromFrame(this.#size, frame, this.fit);
  }

  /** Maps CSS pixels of the canvas to shares of the frame; null without a picture. */
  frameFromScreen(frame: Size | null, screen: Point): Point | null {
    if (frame === null || this.#size.width === 0) return null;
    return apply(frameFromScreen(this.#size, frame, this.fit), screen);
  }

  /** The part of the view that shows some of the picture. */
  visible(frame: Size | null): Rect {
    const m = this.screenFromFrame(frame);
    const [left, top] = apply(m, [0, 0]) ?? [0, 0];
    const [right, bottom] = apply(m, [1, 1]) ?? [this.#size.width, this.#size.height];
    return {
      left: Math.max(0, left),
      top: Math.max(0, top),
      right: Math.min(this.#size.width, right),
      bottom: Math.min(this.#size.height, bottom),
    };
  }

  dispose(): void {
    this.#observer.disconnect();
  }

  #measure(): void {
    const canvas = this.#canvas;
    const { clientWidth: width, clientHeight: height } = canvas;
    this.#ratio = globalThis.devicePixelRatio || 1;
    this.#size = { width, height };
    const pixelWidth = Math.round(width * this.#ratio);
    const pixelHeight = Math.round(height * this.#ratio);
    // Setting a size clears the canvas, even when it is the same one.
    if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
    if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
  }
}
