import type { ClockPacket, PosePacket } from '@sightline/protocol';
import type { PresentedFrame } from './frame-clock';
import { frameTimeDistance } from './geometry';

const TICKS_PER_MS = 90;
/** From the camera to the screen, where the browser does not tell when a picture was taken. */
const DISPLAY_MS = 33;
/** A jump of so much is another source, not a fast pose. */
const JUMP_TICKS = 90_000 * 5;
/**
 * How old the picture of a pose can be when the tracker gets it, by the clock that was told. Beyond
 * it, or in the future, the clock is not that of the pictures: another source, or a clock that was
 * set meanwhile.
 */
const OLDEST_MS = 5_000;
const FUTURE_MS = 20;

/** A moment on the clock of `performance.now()` and its frame time. */
interface Moment {
  readonly frameTime: number;
  readonly atMs: number;
}

/**
 * Frame times of a device's own picture, which carries none.
 *
 * The publisher's sender reports name the frame time of a moment on this device's own clock; the
 * server tells them back. Until the first one, a line through the poses that come back serves: each
 * tells how long the tracker had its frame; the one that was fastest beside that marks the line, and
 * was `delayMs` on its way.
 */
export class LocalFrames {
  readonly #unixOriginMs: number;
  #delayMs = 120;
  #told: Moment | null = null;
  #fastest: Moment | null = null;

  /** @param unixOriginMs when `performance.now()` was 0, in milliseconds since 1970 */
  constructor(unixOriginMs: number = performance.timeOrigin) {
    this.#unixOriginMs = unixOriginMs;
  }

  /** From capture to the tracker and from there to here, at best. */
  setDelay(ms: number): void {
    this.#delayMs = ms;
  }

  /** The frame time of a moment, as the sender report had it. */
  setClock({ frameTime, unixMs }: Pick<ClockPacket, 'frameTime' | 'unixMs'>): void {
    this.#told = { frameTime, atMs: unixMs - this.#unixOriginMs };
  }

  /** A pose for this frame came at this time. */
  take({ frameTime, ageMs }: Pick<PosePacket, 'frameTime' | 'ageMs'>, heardAtMs: number): void {
    const atMs = heardAtMs - ageMs;
    if (this.#told !== null) {
      const takenMs =
        this.#told.atMs + frameTimeDistance(frameTime, this.#told.frameTime) / TICKS_PER_MS;
      if (takenMs > atMs + FUTURE_MS || takenMs < atMs - OLDEST_MS) this.#told = null;
    }
    if (this.#fastest === null) {
      this.#fastest = { frameTime, atMs };
      return;
    }
    const expected = (atMs - this.#fastest.atMs) * TICKS_PER_MS;
    const lead = frameTimeDistance(frameTime, this.#fastest.frameTime) - expected;
    if (lead > 0 || lead < -JUMP_TICKS) this.#fastest = { frameTime, atMs };
  }

  clear(): void {
    this.#told = null;
    this.#fastest = null;
  }

  /** Estimated frame time of a presented picture; null before the first report and the first pose. */
  frameTimeOf({ capturedAtMs, atMs }: PresentedFrame): number | null {
    const takenMs = capturedAtMs ?? atMs - DISPLAY_MS;
    if (this.#told !== null) return frameTimeAt(this.#told, takenMs);
    return this.#fastest === null ? null : frameTimeAt(this.#fastest, takenMs + this.#delayMs);
  }
}

function frameTimeAt(known: Moment, atMs: number): number {
  return (known.frameTime + Math.round((atMs - known.atMs) * TICKS_PER_MS)) >>> 0;
}
