import type {
  AnchorReason,
  AnchorState,
  AnchorStatus,
  Annotation,
  AnnotationId,
  CursorPacket,
  ParticipantId,
  PosePacket,
  SessionClient,
  Shape,
  SurfaceId,
} from '@sightline/protocol';
import type { Fit, Homography, Point } from './geometry';

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
  /** False draws everything with the newest pose and sends no frame times; for comparison in tests. */
  readonly frameTimes?: boolean;
  readonly author: (id: ParticipantId) => AuthorLook;
  /** Name and colour of the live pointer's participant number; null hides the pointer. */
  readonly pointerAuthor?: (participantNumber: number) => AuthorLook | null;
  /** Draws an arrow at the edge towards drawings that are out of view. Default true. */
  readonly edgeArrows?: boolean;
}

/** What the overlay did with one annotation in the frame that it drew last. */
export interface DrawnAnnotation {
  readonly id: AnnotationId;
  readonly anchor: number;
  /** `pending`: no pose yet, drawn where it was drawn. */
  readonly status: AnchorStatus | 'pending';
  readonly reason: AnchorReason | null;
  /** True when it is on the canvas now. */
  readonly drawn: boolean;
  /** Centre in CSS pixels of the canvas; of the last known place when not drawn; null if unknown. */
  readonly screen: Point | null;
  /** The same in shares of the frame. */
  readonly frame: Point | null;
  /** Frame on screen when it was drawn. */
  readonly frameTime: number | null;
  /** Frame of the pose that placed it; differs from `frameTime` when it was extrapolated. */
  readonly poseFrameTime: number | null;
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

/** Binds a video, a canvas, annotations and poses, and redraws with each presented frame. */
export declare class Overlay {
  constructor(options: OverlayOptions);
  /** Which surface the video shows; clears poses. */
  setSurface(surface: { readonly id: SurfaceId; readonly number: number } | null): void;
  setAnnotations(annotations: readonly Annotation[]): void;
  setAnchorStates(states: ReadonlyMap<number, AnchorState>): void;
  takePoses(packet: PosePacket): void;
  takeCursor(packet: CursorPacket): void;
  /** Shows a drawing in the making on top; null removes it. */
  setDraft(draft: Draft | null): void;
  /** Emphasises one annotation, for a hovered list entry; null for none. */
  setHighlighted(id: AnnotationId | null): void;
  /** Topmost drawn annotation near a point in CSS pixels of the canvas. */
  hitTest(screen: Point): AnnotationId | null;
  /** Frame time of the picture on screen (of the still while frozen); null when unknown. */
  readonly frameTime: number | null;
  /** Frames presented a second, over the last second. */
  readonly fps: number;
  /** Size of the picture in pixels; null before the first frame. */
  readonly frameSize: { readonly width: number; readonly height: number } | null;
  readonly screenFromFrame: Homography;
  /** Maps CSS pixels of the canvas to shares of the frame. */
  frameFromScreen(screen: Point): Point;
  /** Stops the picture at the frame on screen; null when there is none yet. */
  freeze(): FrozenFrame | null;
  unfreeze(): void;
  readonly frozen: FrozenFrame | null;
  /** The picture on screen without drawings, full size, as PNG, and its frame time. */
  snapshot(): Promise<{ readonly picture: Blob; readonly frameTime: number | null } | null>;
  /** What was done with each annotation in the frame drawn last. */
  lastDrawn(): readonly DrawnAnnotation[];
  /** Called after each redraw. Returns the function that stops it. */
  onDrawn(listener: (drawn: readonly DrawnAnnotation[]) => void): () => void;
  /** Draws again before the next frame, after something changed outside. */
  invalidate(): void;
  dispose(): void;
}

/**
 * Feeds an overlay from a session until the returned function is called: annotations of the surface,
 * anchor states, poses and pointers.
 */
export declare function bindOverlay(
  overlay: Overlay,
  client: SessionClient,
  surface: SurfaceId,
): () => void;
