import type { PosePacket } from '@sightline/protocol';
import type { PresentedFrame } from './frame-clock';
import { frameTimeDistance } from './geometry';
import { MAX_EXTRAPOLATION_TICKS } from './pose-store';

const TICKS_PER_MS = 90;
/** A local picture without a fresh pose for this long hides its drawings. */
const STALE_MS = 500;
/** From the camera to the screen, where the browser does not tell when a picture was taken. */
const DISPLAY_MS = 33;
/** A jump of so much is another source, not a fast pose. */
const JUMP_TICKS = 90_000 * 5;

/**
 * Frame times of a device's own picture, which carries none: a line through the poses that come
 * back for it. Each tells how long the tracker had its frame; the one that was fastest beside that
 * marks the line, and was `delayMs` on its way.
 */
export class LocalFrames {
  #delayMs = 120;
  #origin: { readonly frameTime: number; readonly atMs: number } | null = null;
  #heardAtMs: number | null = null;

  /** From capture to the tracker and from there to here, at best. */
  setDelay(ms: number): void {
    this.#delayMs = ms;
  }

  /** A pose for this frame came at this time. */
  take({ frameTime, ageMs }: Pick<PosePacket, 'frameTime' | 'ageMs'>, heardAtMs: number): void {
    this.#heardAtMs = heardAtMs;
    const atMs = heardAtMs - ageMs;
    if (this.#origin === null) {
      this.#origin = { frameTime, atMs };
      return;
    }
    const expected = (atMs - this.#origin.atMs) * TICKS_PER_MS;
    const lead = frameTimeDistance(frameTime, this.#origin.frameTime) - expected;
    if (lead > 0 || lead < -JUMP_TICKS) this.#origin = { frameTime, atMs };
  }

  clear(): void {
    this.#origin = null;
    this.#heardAtMs = null;
  }

  /** Estimated frame time of a presented picture; null before the first pose. */
  frameTimeOf({ capturedAtMs, atMs }: PresentedFrame): number | null {
    if (this.#origin === null) return null;
    const takenMs = capturedAtMs ?? atMs - DISPLAY_MS;
    const ticks = (takenMs - this.#origin.atMs + this.#delayMs) * TICKS_PER_MS;
    return (this.#origin.frameTime + Math.round(ticks)) >>> 0;
  }

  /**
   * The frame time to place drawings for on a presented picture, which is newer than its poses: its
   * own, or as far ahead of the newest pose as poses may be extrapolated, as long as they keep
   * coming. When they stop, frame time goes on and hides the drawings.
   *
   * @param newest frame time of the newest pose
   */
  target(frame: PresentedFrame | null, newest: number | null, nowMs: number): number | null {
    if (frame === null || newest === null || this.#heardAtMs === null) return null;
    const own = this.frameTimeOf(frame);
    if (own === null || nowMs - this.#heardAtMs > STALE_MS) return own;
    const ahead = Math.min(frameTimeDistance(own, newest), MAX_EXTRAPOLATION_TICKS);
    // A picture older than its newest pose is placed between the poses around it.
    return (newest + ahead) >>> 0;
  }
}
