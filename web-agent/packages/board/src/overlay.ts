import type {
  AnchorState,
  Annotation,
  AnnotationId,
  CursorPacket,
  ParticipantId,
  PendingAnnotation,
  PosePacket,
  Shape,
  SurfaceId,
} from '@sightline/protocol';
import { type Direction, directionTo, edgeArrow, isInside } from './edge';
import { FrameClock, LocalFrameLine, type PresentedFrame } from './frame-clock';
import {
  apply,
  compose,
  type Fit,
  type Homography,
  mapLine,
  type Point,
  type Size,
} from './geometry';
import { distanceToLine } from './hit';
import { type DrawnAnnotation, type Placement, place, type TargetFrame } from './placement';
import { Pointers } from './pointers';
import { PoseStore } from './pose-store';
import { drawEdgeArrow, drawShape } from './render';
import { shapeLine } from './shapes';
import { Still } from './still';
import { View } from './view';

/** A local picture without a fresh pose for this long hides its drawings. */
const LOCAL_STALE_MS = 500;
const HIT_PX = 16;

/** How an author's drawings and pointer look. */
export interface AuthorLook {
  readonly name: string;
  readonly color: string;
}

export interface OverlayOptions {
  readonly video: HTMLVideoElement;
  /** Laid exactly over the video by the page; the overlay sets its pixel size. */
  readonly canvas: HTMLCanvasElement;
  /** Same as the video's `object-fit`. Default `contain`. */
  readonly fit?: Fit;
  /**
   * `remote` (default): the video is received and its frames carry RTP timestamps. `local`: the
   * video is this device's own camera, newer than any pose; frame times are estimated.
   */
  readonly source?: 'remote' | 'local';
  /**
   * False draws everything with the newest pose and gives no frame times: the control in tests that
   * must fail. Default true.
   */
  readonly frameTimes?: boolean;
  readonly author: (id: ParticipantId) => AuthorLook;
  /** Name and colour by the short participant number of a live pointer; null hides the pointer. */
  readonly pointerAuthor?: (participantNumber: number) => AuthorLook | null;
  /** Draws an arrow at the edge towards drawings that are out of view. Default true. */
  readonly edgeArrows?: boolean;
  /** Look of the own drawings that the server has not numbered yet. */
  readonly ownLook?: () => AuthorLook;
}

/** A still of the live picture to draw on. */
export interface FrozenFrame {
  readonly frameTime: number | null;
  readonly width: number;
  readonly height: number;
}

/** A drawing in the making. */
export interface Draft {
  readonly shape: Shape;
  /** Share of the frame width. */
  readonly width: number;
  readonly color: string;
}

/** Something on the canvas that can be hit. */
interface Hittable {
  readonly id: AnnotationId;
  readonly shape: Shape;
  readonly screenFromDrawn: Homography;
}

/** True unless the page's address says `?frame_times=off`, the control in tests that must fail. */
export function frameTimesWanted(search: string): boolean {
  return new URLSearchParams(search).get('frame_times') !== 'off';
}

/** Binds a video, a canvas, annotations and poses, and redraws with each presented frame. */
export class Overlay {
  readonly #options: OverlayOptions;
  readonly #ctx: CanvasRenderingContext2D;
  readonly #clock: FrameClock;
  readonly #localLine = new LocalFrameLine();
  readonly #poses = new PoseStore();
  readonly #pointers = new Pointers();
  readonly #listeners = new Set<(drawn: readonly DrawnAnnotation[]) => void>();
  readonly #view: View;
  #surface: { readonly id: SurfaceId; readonly number: number } | null = null;
  #annotations: readonly Annotation[] = [];
  #pending: readonly PendingAnnotation[] = [];
  #states: ReadonlyMap<number, AnchorState> = new Map();
  #draft: Draft | null = null;
  #highlighted: AnnotationId | null = null;
  #still: Still | null = null;
  #freezing: Promise<FrozenFrame | null> | null = null;
  #drawn: readonly DrawnAnnotation[] = [];
  #hittable: readonly Hittable[] = [];
  #scheduled = 0;
  #onNextFrame: ((frame: PresentedFrame) => void)[] = [];

  constructor(options: OverlayOptions) {
    this.#options = options;
    const ctx = options.canvas.getContext('2d');
    if (ctx === null) throw new Error('the canvas gives no 2d context');
    this.#ctx = ctx;
    this.#clock = new FrameClock(options.video, (frame) => {
      for (const callback of this.#onNextFrame.splice(0)) callback(frame);
      this.#draw();
    });
    this.#view = new View(options.canvas, options.fit ?? 'contain', () => this.#draw());
  }

  /** Follows a change of the video's `object-fit`. */
  setFit(fit: Fit): void {
    this.#view.fit = fit;
    this.invalidate();
  }

  /** Which surface the video shows; another one starts without poses and pointers. */
  setSurface(surface: { readonly id: SurfaceId; readonly number: number } | null): void {
    if (surface?.id === this.#surface?.id && surface?.number === this.#surface?.number) return;
    this.#surface = surface;
    this.#poses.clear();
    this.#localLine.clear();
    this.#pointers.clear();
    this.unfreeze();
    this.invalidate();
  }

  setAnnotations(annotations: readonly Annotation[]): void {
    this.#annotations = annotations;
    this.invalidate();
  }

  /** Own drawings that the server has not numbered yet. */
  setPending(pending: readonly PendingAnnotation[]): void {
    this.#pending = pending;
    this.invalidate();
  }

  setAnchorStates(states: ReadonlyMap<number, AnchorState>): void {
    this.#states = states;
    this.invalidate();
  }

  takePoses(packet: PosePacket): void {
    if (packet.surface !== this.#surface?.number) return;
    this.#poses.take(packet);
    this.#localLine.take(packet.frameTime, performance.now());
    this.#still?.poses.take(packet);
    // A picture that stands still (a shared screen) presents no frame to draw with.
    if (this.#clock.fps < 5) this.invalidate();
  }

  takeCursor(packet: CursorPacket): void {
    if (packet.surface !== this.#surface?.number) return;
    this.#pointers.take(packet, performance.now());
    this.invalidate();
  }

  /** Shows a drawing in the making on top; null removes it. */
  setDraft(draft: Draft | null): void {
    this.#draft = draft;
    this.invalidate();
  }

  /** Emphasises one annotation, for a hovered list entry; null for none. */
  setHighlighted(id: AnnotationId | null): void {
    this.#highlighted = id;
    this.invalidate();
  }

  /** Only for `source: 'local'`: how long a pose takes from capture to here. */
  setPoseDelay(ms: number): void {
    this.#localLine.setDelay(ms);
  }

  /** Topmost drawn annotation near a point in CSS pixels of the canvas. */
  hitTest(screen: Point): AnnotationId | null {
    for (const { id, shape, screenFromDrawn } of this.#hittable.toReversed()) {
      const line = mapLine(screenFromDrawn, shapeLine(shape));
      if (distanceToLine(screen, line) <= HIT_PX) return id;
    }
    return null;
  }

  /** Frame time of the picture on screen (of the still while frozen); null when unknown. */
  get frameTime(): number | null {
    if (this.#options.frameTimes === false) return null;
    if (this.#still !== null) return this.#still.frameTime;
    if (this.#options.source === 'local') return this.#localLine.at(performance.now());
    return this.#clock.last?.frameTime ?? null;
  }

  /** Frames presented in the last second. */
  get fps(): number {
    return this.#clock.fps;
  }

  /** Size of the picture in pixels; null before the first frame. */
  get frameSize(): Size | null {
    if (this.#still !== null) return { width: this.#still.width, height: this.#still.height };
    const { videoWidth: width, videoHeight: height } = this.#options.video;
    return width > 0 && height > 0 ? { width, height } : null;
  }

  /** Maps shares of the frame to CSS pixels of the canvas. */
  get screenFromFrame(): Homography {
    return this.#view.screenFromFrame(this.frameSize);
  }

  /** Maps CSS pixels of the canvas to shares of the frame; null before the first frame. */
  frameFromScreen(screen: Point): Point | null {
    return this.#view.frameFromScreen(this.frameSize, screen);
  }

  /** Which way an annotation of {@link lastDrawn} lies outside the view; null when it does not. */
  directionTo(drawn: DrawnAnnotation): Direction | null {
    return drawn.screen === null
      ? null
      : directionTo(this.#view.visible(this.frameSize), drawn.screen);
  }

  /** Stops the picture at the next frame; null when none comes. */
  freeze(): Promise<FrozenFrame | null> {
    if (this.#still !== null) return Promise.resolve(this.#still.info);
    this.#freezing ??= this.#captureStill().then((still) => {
      this.#freezing = null;
      this.#still = still;
      this.invalidate();
      return still?.info ?? null;
    });
    return this.#freezing;
  }

  unfreeze(): void {
    if (this.#still === null) return;
    this.#still = null;
    this.invalidate();
  }

  get frozen(): FrozenFrame | null {
    return this.#still?.info ?? null;
  }

  /** The picture on screen without drawings, in full size, as JPEG, and its frame time. */
  async snapshot(): Promise<{ readonly picture: Blob; readonly frameTime: number | null } | null> {
    const still = this.#still ?? (await this.#captureStill());
    const picture = await still?.picture();
    if (still === null || picture === undefined || picture === null) return null;
    return { picture, frameTime: still.frameTime };
  }

  /** What was done with each annotation in the frame drawn last. */
  lastDrawn(): readonly DrawnAnnotation[] {
    return this.#drawn;
  }

  /** Called after each redraw. Returns the function that stops it. */
  onDrawn(listener: (drawn: readonly DrawnAnnotation[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Draws again soon, after something changed that comes with no frame. */
  invalidate(): void {
    if (this.#scheduled !== 0) return;
    this.#scheduled = requestAnimationFrame(() => this.#draw());
  }

  dispose(): void {
    this.#clock.dispose();
    this.#view.dispose();
    cancelAnimationFrame(this.#scheduled);
    this.#listeners.clear();
    this.#onNextFrame = [];
  }

  /**
   * Copies the picture inside a frame callback, where the picture and its frame time belong
   * together. A picture that stands still gives none, so the wait is short.
   */
  #captureStill(): Promise<Still | null> {
    return new Promise((resolve) => {
      let timer = 0;
      const take = (frame: PresentedFrame | null) => {
        clearTimeout(timer);
        this.#onNextFrame = this.#onNextFrame.filter((callback) => callback !== take);
        const wanted = this.#options.frameTimes !== false;
        const local = this.#options.source === 'local';
        const frameTime = local ? this.frameTime : (frame?.frameTime ?? null);
        resolve(Still.of(this.#options.video, wanted ? frameTime : null, this.#poses));
      };
      timer = setTimeout(() => take(this.#clock.last), 120) as unknown as number;
      this.#onNextFrame.push(take);
    });
  }

  #target(): TargetFrame {
    if (this.#options.frameTimes === false) return { frameTime: null, frozen: false };
    if (this.#still !== null) return { frameTime: this.#still.frameTime, frozen: true };
    if (this.#options.source !== 'local') return { frameTime: this.frameTime, frozen: false };
    return { frameTime: this.#localTarget(), frozen: false };
  }

  /**
   * The local picture is newer than its poses. It is extrapolated as far as that is allowed, as long
   * as poses keep coming; when they stop, frame time goes on and hides the drawings.
   */
  #localTarget(): number | null {
    const now = performance.now();
    const estimate = this.#localLine.at(now);
    const newest = this.#poses.newestFrameTime;
    const heardAt = this.#localLine.heardAtMs;
    if (estimate === null || newest === null || heardAt === null) return null;
    if (now - heardAt > LOCAL_STALE_MS) return estimate;
    const ahead = Math.min((estimate - newest) | 0, 0.15 * 90_000);
    return (newest + Math.max(0, ahead)) >>> 0;
  }

  #draw(): void {
    cancelAnimationFrame(this.#scheduled);
    this.#scheduled = 0;
    const ctx = this.#ctx;
    this.#view.begin(ctx);
    const frame = this.frameSize;
    if (frame === null || this.#surface === null) {
      this.#publish([], []);
      return;
    }
    const m = this.screenFromFrame;
    this.#still?.draw(ctx, m);
    const target = this.#target();
    const aspect = frame.width / frame.height;
    const drawn: DrawnAnnotation[] = [];
    const hittable: Hittable[] = [];
    const poses = this.#still?.poses ?? this.#poses;
    for (const annotation of this.#annotations) {
      if (annotation.surface !== this.#surface.id) continue;
      const state = this.#states.get(annotation.anchor);
      const placement = place(annotation, target, poses, state);
      const look = this.#options.author(annotation.author);
      const { id, anchor } = annotation;
      drawn.push(this.#drawOne(annotation, placement, look, target, m, aspect, { id, anchor }));
      if (placement.frameFromDrawn !== null) {
        const screenFromDrawn = compose(m, placement.frameFromDrawn);
        hittable.push({ id, shape: annotation.shape, screenFromDrawn });
      }
    }
    const ownLook = this.#options.ownLook?.();
    for (const pending of this.#pending) {
      if (pending.surface !== this.#surface.id || ownLook === undefined) continue;
      const { attach, shape, width, frameTime } = pending;
      const annotation = { anchor: 0, attach, shape, width, frame_time: frameTime };
      const placement = place(annotation, target, new PoseStore(), undefined);
      const none = { id: null, anchor: null };
      drawn.push(this.#drawOne(annotation, placement, ownLook, target, m, aspect, none));
    }
    if (this.#draft !== null) {
      const style = { ...this.#draft, alpha: 1, emphasised: false };
      drawShape(ctx, this.#draft.shape, style, m, aspect);
    }
    const lookOf = this.#options.pointerAuthor ?? (() => null);
    this.#pointers.draw(ctx, m, lookOf, performance.now());
    this.#publish(drawn, hittable);
  }

  #drawOne(
    annotation: Pick<Annotation, 'shape' | 'width'>,
    placement: Placement,
    look: AuthorLook,
    target: TargetFrame,
    m: Homography,
    aspect: number,
    names: Pick<DrawnAnnotation, 'id' | 'anchor'>,
  ): DrawnAnnotation {
    const { frameFromDrawn, center, status, reason, poseFrameTime } = placement;
    const screen = center === null ? null : apply(m, center);
    if (frameFromDrawn !== null) {
      const style = {
        color: look.color,
        width: annotation.width,
        alpha: status === 'uncertain' ? 0.45 : status === 'pending' ? 0.8 : 1,
        emphasised: names.id !== null && names.id === this.#highlighted,
      };
      drawShape(this.#ctx, annotation.shape, style, compose(m, frameFromDrawn), aspect);
    }
    const rect = this.#view.visible(this.frameSize);
    if (screen !== null && !isInside(rect, screen) && this.#options.edgeArrows !== false) {
      const arrow = edgeArrow(rect, screen);
      drawEdgeArrow(this.#ctx, arrow.at, arrow.angle, look.color);
    }
    return {
      ...names,
      status,
      reason,
      drawn: frameFromDrawn !== null,
      screen,
      frame: center,
      frameTime: target.frameTime,
      poseFrameTime,
    };
  }

  #publish(drawn: readonly DrawnAnnotation[], hittable: readonly Hittable[]): void {
    this.#drawn = drawn;
    this.#hittable = hittable;
    for (const listener of this.#listeners) listener(drawn);
  }
}
