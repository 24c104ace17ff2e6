import type {
  AnchorState,
  Annotation,
  CursorPacket,
  ParticipantId,
  PosePacket,
  SurfaceId,
} from '@sightline/protocol';
import { apply, type Size } from './geometry';
import { Painting, paint } from './painter';
import type { DrawnAnnotation } from './placement';
import { PoseStore } from './pose-store';
import { drawPointer } from './render';
import type { AuthorLook } from './scene';
import { View } from './view';

/** Everything that is known about one frame which is shown again. */
export interface KeptFrame {
  readonly surface: SurfaceId;
  /** Null draws with the newest of the given poses: the control in tests that must fail. */
  readonly frameTime: number | null;
  /** Of the upright picture. */
  readonly size: Size;
  /** Drawings that were visible then. */
  readonly annotations: readonly Annotation[];
  /** Last status of each anchor until then. */
  readonly states: ReadonlyMap<number, AnchorState>;
  /** Poses around the frame; those of frames further away are left out here. */
  readonly poses: readonly PosePacket[];
  /** The last word of each who pointed. */
  readonly cursors: readonly CursorPacket[];
}

export interface FrameBoardOptions {
  /** Laid exactly over the picture by the page; the board sets its pixel size. */
  readonly canvas: HTMLCanvasElement;
  readonly author: (id: ParticipantId) => AuthorLook;
  /** Name and colour by the short participant number of a pointer; null hides the pointer. */
  readonly pointerAuthor: (participantNumber: number) => AuthorLook | null;
}

/** Draws over pictures that are played again: no clock, no live state, one frame at a time. */
export class FrameBoard {
  readonly #options: FrameBoardOptions;
  readonly #ctx: CanvasRenderingContext2D;
  readonly #view: View;
  #frame: KeptFrame | null = null;

  constructor(options: FrameBoardOptions) {
    this.#options = options;
    const ctx = options.canvas.getContext('2d');
    if (ctx === null) throw new Error('the canvas gives no 2d context');
    this.#ctx = ctx;
    this.#view = new View(options.canvas, 'contain', () => this.show(this.#frame));
  }

  /** Draws what belongs on a frame, or nothing; gives what was done with each drawing. */
  show(frame: KeptFrame | null): readonly DrawnAnnotation[] {
    this.#frame = frame;
    this.#view.begin(this.#ctx);
    if (frame === null) return Painting.EMPTY.drawn;
    const { frameTime, size, annotations, states, surface } = frame;
    const screenFromFrame = this.#view.screenFromFrame(size);
    const poses = new PoseStore().copy(frameTime);
    for (const packet of frame.poses) poses.take(packet);
    const scene = {
      surface,
      annotations,
      states,
      pending: [],
      draft: null,
      highlighted: null,
      author: this.#options.author,
      ownLook: undefined,
      edgeArrows: true,
    };
    const stage = {
      screenFromFrame,
      visible: this.#view.visible(size),
      aspect: size.width / size.height,
    };
    const painting = paint(this.#ctx, scene, stage, { frameTime, frozen: false }, poses);
    for (const cursor of frame.cursors) {
      const look = this.#options.pointerAuthor(cursor.participant);
      const at = apply(screenFromFrame, [cursor.x, cursor.y]);
      if (cursor.visible && look !== null && at !== null)
        drawPointer(this.#ctx, at, look.name, look.color);
    }
    return painting.drawn;
  }

  dispose(): void {
    this.#view.dispose();
  }
}
