/**
 * Runs inside a page: records what a person at its screen sees of a video and the canvas over it,
 * frame by frame. It looks at pixels only and knows nothing of the page's own code.
 */
import { type Barcode, readBarcode } from '../barcode';

import { context } from './canvas';
import { findColor } from './color';

export { readBarcode } from '../barcode';
export { drawClock, fakeCamera } from './clock';
export { lookAtFilm, nameLive, watchFilm } from './film';

/** What was on screen for one frame of the video. */
export interface Sight {
  /** Number in the picture's barcode; null when none was readable. */
  readonly number: number | null;
  readonly kind: 'frame' | 'clock' | null;
  /** Milliseconds since 1970 when the frame was presented. */
  readonly atMs: number;
  /** Size of the picture in its own pixels. */
  readonly width: number;
  readonly height: number;
  /** Middle of the coloured drawing in shares of the picture; null when nothing is drawn. */
  readonly mark: readonly [number, number] | null;
  /** Pixels of the drawing, in a picture 640 wide. */
  readonly markPixels: number;
}

export interface ProbeOptions {
  /** Colour of the drawing to look for, as #rrggbb; none looks for none. */
  readonly color?: string;
  readonly video?: string;
  readonly canvas?: string;
}

const WIDTH = 640;

function inside(element: HTMLVideoElement): DOMRect {
  const box = element.getBoundingClientRect();
  const fit = getComputedStyle(element).objectFit;
  const [across, down] = [box.width / element.videoWidth, box.height / element.videoHeight];
  const scale = fit === 'cover' ? Math.max(across, down) : Math.min(across, down);
  const [width, height] = [element.videoWidth * scale, element.videoHeight * scale];
  return new DOMRect(
    box.x + (box.width - width) / 2,
    box.y + (box.height - height) / 2,
    width,
    height,
  );
}

/** Records a video and the canvas over it from now on. */
export class Probe {
  readonly sights: Sight[] = [];
  /** Tells each sight, for tests that act on what they see. */
  onSight: ((sight: Sight) => void) | null = null;
  private readonly strip: CanvasRenderingContext2D;
  private overlay: CanvasRenderingContext2D | null = null;
  private stopped = false;

  constructor(
    readonly video: HTMLVideoElement,
    private readonly canvas: HTMLCanvasElement | null,
    private readonly color: string | null,
  ) {
    this.strip = context(WIDTH, WIDTH / 40);
    this.next();
  }

  stop(): Sight[] {
    this.stopped = true;
    return this.sights;
  }

  /** Where a point of the picture (shares) is on the screen, in CSS pixels. */
  screen([x, y]: readonly [number, number]): [number, number] {
    const rect = inside(this.video);
    return [rect.x + x * rect.width, rect.y + y * rect.height];
  }

  private next(): void {
    this.video.requestVideoFrameCallback((_now, frame) => {
      if (this.stopped) return;
      this.next();
      const atMs = performance.timeOrigin + performance.now();
      // The number is read at once: a moment later the video may already hold the next frame.
      const rows = frame.height * (WIDTH / frame.width);
      this.strip.drawImage(this.video, 0, 0, WIDTH, rows);
      const code = readBarcode(this.strip.getImageData(0, 0, WIDTH, WIDTH / 40).data, WIDTH);
      // The page's own overlay draws in its frame callback or in an animation frame asked for there;
      // both were registered before this one, so both are done when this one runs.
      requestAnimationFrame(() => this.look(atMs, frame.width, frame.height, rows, code));
    });
  }

  private look(
    atMs: number,
    width: number,
    height: number,
    rows: number,
    code: Barcode | null,
  ): void {
    const found = this.color === null ? null : this.findMark(Math.round(rows));
    const sight: Sight = {
      number: code?.value ?? null,
      kind: code?.kind ?? null,
      atMs,
      width,
      height,
      mark: found?.middle ?? null,
      markPixels: found?.pixels ?? 0,
    };
    this.sights.push(sight);
    this.onSight?.(sight);
  }

  /** Middle of the bounding box of all pixels of the drawing's colour on the canvas. */
  private findMark(rows: number): { middle: [number, number] | null; pixels: number } {
    if (this.canvas === null || this.canvas.width === 0) return { middle: null, pixels: 0 };
    if (this.overlay === null || this.overlay.canvas.height !== rows)
      this.overlay = context(WIDTH, rows);
    const picture = inside(this.video);
    const box = this.canvas.getBoundingClientRect();
    const [across, down] = [this.canvas.width / box.width, this.canvas.height / box.height];
    this.overlay.clearRect(0, 0, WIDTH, rows);
    this.overlay.drawImage(
      this.canvas,
      (picture.x - box.x) * across,
      (picture.y - box.y) * down,
      picture.width * across,
      picture.height * down,
      0,
      0,
      WIDTH,
      rows,
    );
    const rgba = this.overlay.getImageData(0, 0, WIDTH, rows).data;
    return findColor(rgba, WIDTH, this.color ?? '');
  }
}

function find<T extends Element>(selector: string, kind: new () => T): T | null {
  return (
    [...document.querySelectorAll(selector)].find(
      (element): element is T => element instanceof kind,
    ) ?? null
  );
}

/** The largest video that shows something, and the canvas that lies over it. */
export function start(options: ProbeOptions): Probe {
  const area = (element: Element) => {
    const box = element.getBoundingClientRect();
    return box.width * box.height;
  };
  const videos = [...document.querySelectorAll<HTMLVideoElement>(options.video ?? 'video')];
  const video = videos.filter((each) => each.videoWidth > 0).sort((a, b) => area(b) - area(a))[0];
  if (video === undefined) throw new Error('no video shows anything yet');
  const canvas =
    find(options.canvas ?? 'canvas[data-overlay]', HTMLCanvasElement) ??
    [...document.querySelectorAll('canvas')].sort((a, b) => area(b) - area(a))[0] ??
    null;
  return new Probe(video, canvas, options.color ?? null);
}
