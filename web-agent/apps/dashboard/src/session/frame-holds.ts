import type { SessionClient, SurfaceId } from '@sightline/protocol';

interface Held {
  readonly surface: SurfaceId;
  readonly frameTime: number;
  count: number;
}

/**
 * The frames that this agent has the tracker keep. The server knows only kept or not; here it is
 * counted for how many reasons, so that a line drawn on a frozen frame does not let that frame go.
 */
export class FrameHolds {
  readonly #client: Pick<SessionClient, 'holdFrame'>;
  readonly #held = new Map<string, Held>();

  constructor(client: Pick<SessionClient, 'holdFrame'>) {
    this.#client = client;
  }

  /** One more reason to keep a frame, or one less. */
  holdFrame(surface: SurfaceId, frameTime: number, hold: boolean): void {
    const key = `${surface} ${frameTime}`;
    const held = this.#held.get(key);
    if (hold) {
      if (held !== undefined) {
        held.count += 1;
        return;
      }
      this.#held.set(key, { surface, frameTime, count: 1 });
    } else {
      if (held === undefined) return;
      held.count -= 1;
      if (held.count > 0) return;
      this.#held.delete(key);
    }
    this.#client.holdFrame(surface, frameTime, hold);
  }

  /** Asks once more for each: the server lets go when a connection breaks. */
  again(): void {
    for (const { surface, frameTime } of this.#held.values()) {
      this.#client.holdFrame(surface, frameTime, true);
    }
  }
}
