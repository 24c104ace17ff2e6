import type { PresentedFrame } from './frame-clock';
import type { PoseStore } from './pose-store';
import { Still } from './still';

/** How long to wait for the next frame; a picture that stands still gives none. */
const NEXT_FRAME_MS = 120;

/** A still of the live picture to draw on. */
export interface FrozenFrame {
  readonly frameTime: number | null;
  readonly width: number;
  readonly height: number;
}

/** What a freezer needs to know of its view. */
export interface Freezable {
  readonly video: HTMLVideoElement;
  readonly poses: PoseStore;
  /** The frame on screen; null before the first. */
  readonly lastFrame: () => PresentedFrame | null;
  /** Name of a presented frame; null when it has none. */
  readonly frameTimeOf: (frame: PresentedFrame | null) => number | null;
  readonly onChange: () => void;
}

/** Stops the picture, so that it can be drawn on calmly or kept. */
export class Freezer {
  readonly #view: Freezable;
  #still: Still | null = null;
  #freezing: Promise<FrozenFrame | null> | null = null;
  #onNextFrame: ((frame: PresentedFrame | null) => void)[] = [];

  constructor(view: Freezable) {
    this.#view = view;
  }

  get still(): Still | null {
    return this.#still;
  }

  /** A frame was presented. */
  present(frame: PresentedFrame): void {
    for (const callback of this.#onNextFrame.splice(0)) callback(frame);
  }

  /** Stops the picture at the next frame; null when none comes. */
  freeze(): Promise<FrozenFrame | null> {
    if (this.#still !== null) return Promise.resolve(this.#still.info);
    this.#freezing ??= this.#capture().then((still) => {
      this.#freezing = null;
      this.#still = still;
      this.#view.onChange();
      return still?.info ?? null;
    });
    return this.#freezing;
  }

  unfreeze(): void {
    if (this.#still === null) return;
    this.#still = null;
    this.#view.onChange();
  }

  /** The picture on screen without drawings, in full size, as JPEG, and its frame time. */
  async snapshot(): Promise<{ readonly picture: Blob; readonly frameTime: number | null } | null> {
    const still = this.#still ?? (await this.#capture());
    const picture = await still?.picture();
    if (still === null || picture === undefined || picture === null) return null;
    return { picture, frameTime: still.frameTime };
  }

  dispose(): void {
    this.#onNextFrame = [];
  }

  /**
   * Copies the picture inside a frame callback, where the picture and its frame time belong
   * together.
   */
  #capture(): Promise<Still | null> {
    const { video, poses, lastFrame, frameTimeOf } = this.#view;
    return new Promise((resolve) => {
      const take = (frame: PresentedFrame | null) => {
        clearTimeout(timer);
        this.#onNextFrame = this.#onNextFrame.filter((callback) => callback !== take);
        resolve(Still.of(video, frameTimeOf(frame), poses));
      };
      const timer = setTimeout(() => take(lastFrame()), NEXT_FRAME_MS);
      this.#onNextFrame.push(take);
    });
  }
}
