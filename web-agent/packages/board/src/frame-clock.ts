import { frameTimeDistance } from './geometry';

/** A frame that the browser presented. */
export interface PresentedFrame {
  /** RTP timestamp; null where the browser does not tell it, as for a local camera. */
  readonly frameTime: number | null;
  readonly width: number;
  readonly height: number;
  /** `performance.now()` of the callback. */
  readonly atMs: number;
}

/** Tells about each frame of a video element as it is presented. */
export class FrameClock {
  readonly #video: HTMLVideoElement;
  readonly #onFrame: (frame: PresentedFrame) => void;
  readonly #times: number[] = [];
  #handle = 0;
  #running = true;
  #last: PresentedFrame | null = null;

  constructor(video: HTMLVideoElement, onFrame: (frame: PresentedFrame) => void) {
    this.#video = video;
    this.#onFrame = onFrame;
    this.#ask();
  }

  /** The frame on screen; null before the first. */
  get last(): PresentedFrame | null {
    return this.#last;
  }

  /** Frames presented in the last second. */
  get fps(): number {
    const since = performance.now() - 1000;
    return this.#times.filter((time) => time > since).length;
  }

  dispose(): void {
    this.#running = false;
    this.#video.cancelVideoFrameCallback?.(this.#handle);
    cancelAnimationFrame(this.#handle);
  }

  #ask(): void {
    if (!this.#running) return;
    if (typeof this.#video.requestVideoFrameCallback === 'function') {
      this.#handle = this.#video.requestVideoFrameCallback((now, metadata) => {
        this.#present(now, metadata.rtpTimestamp ?? null, metadata.width, metadata.height);
      });
    } else {
      // Without frame callbacks there is no frame time; the newest pose is the best there is.
      this.#handle = requestAnimationFrame((now) => {
        const { videoWidth, videoHeight } = this.#video;
        if (videoWidth > 0) this.#present(now, null, videoWidth, videoHeight);
        else this.#ask();
      });
    }
  }

  #present(atMs: number, frameTime: number | null, width: number, height: number): void {
    this.#times.push(atMs);
    if (this.#times.length > 240) this.#times.shift();
    this.#last = { frameTime, width, height, atMs };
    this.#ask();
    this.#onFrame(this.#last);
  }
}

/**
 * Frame times of a device's own picture, which carries none: a line through the poses that come
 * back for it. The pose that came back fastest marks the line; it was `delayMs` on its way.
 */
export class LocalFrameLine {
  #delayMs = 120;
  #origin: { readonly frameTime: number; readonly atMs: number } | null = null;
  #heardAtMs: number | null = null;

  /** How long the fastest pose takes from capture to here: a round trip and the tracking. */
  setDelay(ms: number): void {
    this.#delayMs = ms;
  }

  /** When the last pose came; null before the first. */
  get heardAtMs(): number | null {
    return this.#heardAtMs;
  }

  /** A pose for this frame came at this time. */
  take(frameTime: number, atMs: number): void {
    this.#heardAtMs = atMs;
    if (this.#origin === null) {
      this.#origin = { frameTime, atMs };
      return;
    }
    const expected = (atMs - this.#origin.atMs) * 90;
    const lead = frameTimeDistance(frameTime, this.#origin.frameTime) - expected;
    // A jump of seconds is another source, not a fast pose.
    if (lead > 0 || lead < -90_000 * 5) this.#origin = { frameTime, atMs };
  }

  /** Estimated frame time of the picture shown at this time; null before the first pose. */
  at(atMs: number): number | null {
    if (this.#origin === null) return null;
    const ticks = (atMs - this.#origin.atMs + this.#delayMs) * 90;
    return (this.#origin.frameTime + Math.round(ticks)) >>> 0;
  }

  clear(): void {
    this.#origin = null;
    this.#heardAtMs = null;
  }
}
