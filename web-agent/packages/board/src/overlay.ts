import type {
  AnchorState,
  Annotation,
  AnnotationId,
  ClockPacket,
  CursorPacket,
  ParticipantId,
  PendingAnnotation,
  PosePacket,
  SurfaceId,
} from '@sightline/protocol';
import { type Direction, directionTo } from './edge';
import { FrameClock, type PresentedFrame } from './frame-clock';
import { Freezer, type FrozenFrame } from './freezer';
import type { Fit, Homography, Point, Size } from './geometry';
import { LocalFrames } from './local-frames';
import { Painting, paint } from './painter';
import type { DrawnAnnotation, TargetFrame } from './placement';
import { Pointers } from './pointers';
import { PoseStore } from './pose-store';
import type { AuthorLook, Draft, Scene } from './scene';
import { View } from './view';

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

/** True unless the page's address says `?frame_times=off`, the control in tests that must fail. */
export function frameTimesWanted(search: string): boolean {
  return new URLSearchParams(search).get('frame_times') !== 'off';
}

/** Binds a video, a canvas, annotations and poses, and redraws with each presented frame. */
export class Overlay {
  readonly #options: OverlayOptions;
  readonly #ctx: CanvasRenderingContext2D;
  readonly #clock: FrameClock;
  readonly #local: LocalFrames | null;
  readonly #poses = new PoseStore();
  readonly #pointers = new Pointers();
  readonly #listeners = new Set<(drawn: readonly DrawnAnnotation[]) => void>();
  readonly #view: View;
  readonly #freezer: Freezer;
  #surface: { readonly id: SurfaceId; readonly number: number } | null = null;
  #scene: Omit<Scene, 'surface'>;
  #painting = Painting.EMPTY;
  #scheduled = 0;

  constructor(options: OverlayOptions) {
    this.#options = options;
    const ctx = options.canvas.getContext('2d');
    if (ctx === null) throw new Error('the canvas gives no 2d context');
    this.#ctx = ctx;
    this.#local = options.source === 'local' ? new LocalFrames() : null;
    this.#scene = {
      annotations: [],
      pending: [],
      states: new Map(),
      draft: null,
      highlighted: null,
      author: options.author,
      ownLook: options.ownLook,
      edgeArrows: options.edgeArrows !== false,
    };
    this.#clock = new FrameClock(options.video, (frame) => {
      this.#freezer.present(frame);
      this.#draw();
    });
    this.#freezer = new Freezer({
      video: options.video,
      poses: this.#poses,
      lastFrame: () => this.#clock.last,
      frameTimeOf: (frame) => this.#frameTimeOf(frame),
      onChange: () => this.invalidate(),
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
    this.#local?.clear();
    this.#pointers.clear();
    this.unfreeze();
    this.invalidate();
  }

  setAnnotations(annotations: readonly Annotation[]): void {
    this.#show({ annotations });
  }

  /** Own drawings that the server has not numbered yet. */
  setPending(pending: readonly PendingAnnotation[]): void {
    this.#show({ pending });
  }

  setAnchorStates(states: ReadonlyMap<number, AnchorState>): void {
    this.#show({ states });
  }

  takePoses(packet: PosePacket): void {
    if (packet.surface !== this.#surface?.number) return;
    this.#poses.take(packet);
    this.#local?.take(packet, performance.now());
    this.#freezer.still?.poses.take(packet);
    // A picture that stands still (a shared screen) presents no frame to draw with.
    if (this.#clock.fps < 5) this.invalidate();
  }

  takeCursor(packet: CursorPacket): void {
    if (packet.surface !== this.#surface?.number) return;
    this.#pointers.take(packet, performance.now());
    this.invalidate();
  }

  /** Only for `source: 'local'`: which frame time belongs to which moment. */
  takeClock(packet: ClockPacket): void {
    if (packet.surface !== this.#surface?.number) return;
    this.#local?.setClock(packet);
  }

  /** Shows a drawing in the making on top; null removes it. */
  setDraft(draft: Draft | null): void {
    this.#show({ draft });
  }

  /** Emphasises one annotation, for a hovered list entry; null for none. */
  setHighlighted(highlighted: AnnotationId | null): void {
    this.#show({ highlighted });
  }

  /** Only for `source: 'local'`: how long a frame and its pose are on their way, without tracking. */
  setPoseDelay(ms: number): void {
    this.#local?.setDelay(ms);
  }

  /** Topmost drawn annotation near a point in CSS pixels of the canvas. */
  hitTest(screen: Point): AnnotationId | null {
    return this.#painting.hitTest(screen);
  }

  /** Frame time of the picture on screen (of the still while frozen); null when unknown. */
  get frameTime(): number | null {
    const { still } = this.#freezer;
    return still !== null ? still.frameTime : this.#frameTimeOf(this.#clock.last);
  }

  /** Frames presented in the last second. */
  get fps(): number {
    return this.#clock.fps;
  }

  /** Size of the picture in pixels; null before the first frame. */
  get frameSize(): Size | null {
    const { still } = this.#freezer;
    if (still !== null) return { width: still.width, height: still.height };
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
    return this.#freezer.freeze();
  }

  unfreeze(): void {
    this.#freezer.unfreeze();
  }

  get frozen(): FrozenFrame | null {
    return this.#freezer.still?.info ?? null;
  }

  /** The picture on screen without drawings, in full size, as JPEG, and its frame time. */
  snapshot(): Promise<{ readonly picture: Blob; readonly frameTime: number | null } | null> {
    return this.#freezer.snapshot();
  }

  /** What was done with each annotation in the frame drawn last. */
  lastDrawn(): readonly DrawnAnnotation[] {
    return this.#painting.drawn;
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
    this.#freezer.dispose();
    cancelAnimationFrame(this.#scheduled);
    this.#listeners.clear();
  }

  #show(change: Partial<Scene>): void {
    this.#scene = { ...this.#scene, ...change };
    this.invalidate();
  }

  #frameTimeOf(frame: PresentedFrame | null): number | null {
    if (this.#options.frameTimes === false || frame === null) return null;
    return this.#local === null ? frame.frameTime : this.#local.frameTimeOf(frame);
  }

  #target(): TargetFrame {
    if (this.#options.frameTimes === false) return { frameTime: null, frozen: false };
    const { still } = this.#freezer;
    if (still !== null) return { frameTime: still.frameTime, frozen: true };
    return { frameTime: this.frameTime, frozen: false, ahead: this.#local !== null };
  }

  #draw(): void {
    cancelAnimationFrame(this.#scheduled);
    this.#scheduled = 0;
    const ctx = this.#ctx;
    this.#view.begin(ctx);
    const frame = this.frameSize;
    const surface = this.#surface;
    if (frame === null || surface === null) {
      this.#painting = Painting.EMPTY;
    } else {
      const { screenFromFrame } = this;
      const { still } = this.#freezer;
      still?.draw(ctx, screenFromFrame);
      const stage = {
        screenFromFrame,
        visible: this.#view.visible(frame),
        aspect: frame.width / frame.height,
      };
      const scene = { ...this.#scene, surface: surface.id };
      this.#painting = paint(ctx, scene, stage, this.#target(), still?.poses ?? this.#poses);
      const lookOf = this.#options.pointerAuthor ?? (() => null);
      this.#pointers.draw(ctx, screenFromFrame, lookOf, performance.now());
    }
    for (const listener of this.#listeners) listener(this.#painting.drawn);
  }
}
