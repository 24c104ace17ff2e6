/** A frame that the browser presented. */
export interface PresentedFrame {
  /** RTP timestamp; null where the browser does not tell it, as for a local camera. */
  readonly frameTime: number | null;
  readonly width: number;
  readonly height: number;
  /** `performance.now()` of the callback. */
  readonly atMs: number;
  /** When the camera took it, on the clock of `performance.now()`; null where nobody tells. */
  readonly capturedAtMs: number | null;
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
        const { rtpTimestamp, captureTime, width, height } = metadata;
        this.#present(now, {
          frameTime: rtpTimestamp ?? null,
          capturedAtMs: captureTime ?? null,
          width,
          height,
        });
      });
    } else {
      // Without frame callbacks there is no frame time; the newest pose is the best there is.
      this.#handle = requestAnimationFrame((now) => {
        const { videoWidth, videoHeight } = this.#video;
        const size = { width: videoWidth, height: videoHeight };
        if (videoWidth > 0) this.#present(now, { frameTime: null, capturedAtMs: null, ...size });
        else this.#ask();
      });
    }
  }

  #present(atMs: number, frame: Omit<PresentedFrame, 'atMs'>): void {
    this.#times.push(atMs);
    if (this.#times.length > 240) this.#times.shift();
    this.#last = { ...frame, atMs };
    this.#ask();
    this.#onFrame(this.#last);
  }
}
