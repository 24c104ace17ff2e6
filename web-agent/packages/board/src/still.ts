import type { FrozenFrame } from './freezer';
import type { Homography } from './geometry';
import type { PoseStore } from './pose-store';

/** A copy of one frame with the poses that are known for it. */
export class Still {
  readonly frameTime: number | null;
  readonly width: number;
  readonly height: number;
  /** The poses around the frame, kept although the live ones move on. */
  readonly poses: PoseStore;
  readonly #canvas: HTMLCanvasElement;

  private constructor(canvas: HTMLCanvasElement, frameTime: number | null, poses: PoseStore) {
    this.#canvas = canvas;
    this.width = canvas.width;
    this.height = canvas.height;
    this.frameTime = frameTime;
    this.poses = poses;
  }

  /** Copies the video's current picture; null when there is none. */
  static of(video: HTMLVideoElement, frameTime: number | null, poses: PoseStore): Still | null {
    const { videoWidth: width, videoHeight: height } = video;
    if (width === 0 || height === 0) return null;
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const ctx = canvas.getContext('2d');
    if (ctx === null) return null;
    ctx.drawImage(video, 0, 0, width, height);
    return new Still(canvas, frameTime, poses.copy(frameTime));
  }

  get info(): FrozenFrame {
    return { frameTime: this.frameTime, width: this.width, height: this.height };
  }

  draw(ctx: CanvasRenderingContext2D, screenFromFrame: Homography): void {
    const [width, , left, , height, top] = screenFromFrame;
    ctx.drawImage(this.#canvas, left, top, width, height);
  }

  picture(): Promise<Blob | null> {
    return new Promise((resolve) => this.#canvas.toBlob(resolve, 'image/jpeg', 0.92));
  }
}
