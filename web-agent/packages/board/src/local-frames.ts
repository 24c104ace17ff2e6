import type { PosePacket } from '@sightline/protocol';
import type { PresentedFrame } from './frame-clock';
import { frameTimeDistance } from './geometry';

const TICKS_PER_MS = 90;
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

  /** From capture to the tracker and from there to here, at best. */
  setDelay(ms: number): void {
    this.#delayMs = ms;
  }

  /** A pose for this frame came at this time. */
  take({ frameTime, ageMs }: Pick<PosePacket, 'frameTime' | 'ageMs'>, heardAtMs: number): void {
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
  }

  /** Estimated frame time of a presented picture; null before the first pose. */
  frameTimeOf({ capturedAtMs, atMs }: PresentedFrame): number | null {
    if (this.#origin === null) return null;
    const takenMs = capturedAtMs ?? atMs - DISPLAY_MS;
    const ticks = (takenMs - this.#origin.atMs + this.#delayMs) * TICKS_PER_MS;
    return (this.#origin.frameTime + Math.round(ticks)) >>> 0;
  }
}
