import type { CursorPacket } from '@sightline/protocol';
import { apply, type Homography } from './geometry';
import { drawPointer } from './render';
import type { AuthorLook } from './scene';

/** A pointer that was not heard of for this long is gone. */
const POINTER_MS = 10_000;

/** The others' live pointers on one surface. */
export class Pointers {
  readonly #known = new Map<
    number,
    { readonly packet: CursorPacket; readonly heardAtMs: number }
  >();

  take(packet: CursorPacket, nowMs: number): void {
    if (packet.visible) this.#known.set(packet.participant, { packet, heardAtMs: nowMs });
    else this.#known.delete(packet.participant);
  }

  clear(): void {
    this.#known.clear();
  }

  /** @param lookOf name and colour by participant number; null hides the pointer */
  draw(
    ctx: CanvasRenderingContext2D,
    screenFromFrame: Homography,
    lookOf: (participantNumber: number) => AuthorLook | null,
    nowMs: number,
  ): void {
    for (const [number, { packet, heardAtMs }] of this.#known) {
      if (nowMs - heardAtMs > POINTER_MS) {
        this.#known.delete(number);
        continue;
      }
      const look = lookOf(number);
      const at = apply(screenFromFrame, [packet.x, packet.y]);
      if (look !== null && at !== null) drawPointer(ctx, at, look.name, look.color);
    }
  }
}
