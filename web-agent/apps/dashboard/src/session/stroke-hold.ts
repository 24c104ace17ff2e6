import type { SessionClient, SurfaceId } from '@sightline/protocol';

interface Held {
  readonly surface: SurfaceId;
  readonly frameTime: number;
}

/**
 * Has the tracker keep the frame that somebody draws on. A tracker remembers about a second and a
 * half of frames; a person takes longer for a line or a word.
 */
export class StrokeHold {
  readonly #client: Pick<SessionClient, 'holdFrame'>;
  #drawing: Held | null = null;
  readonly #sent = new Map<string, Held>();

  constructor(client: Pick<SessionClient, 'holdFrame'>) {
    this.#client = client;
  }

  /** A drawing began on this frame. */
  begin(surface: SurfaceId, frameTime: number): void {
    this.giveUp();
    this.#drawing = { surface, frameTime };
    this.#client.holdFrame(surface, frameTime, true);
  }

  /** The drawing will not be sent. */
  giveUp(): void {
    this.#release(this.#drawing);
    this.#drawing = null;
  }

  /** The drawing was sent; its frame is still needed until the tracker has the drawing too. */
  sent(clientId: string): void {
    if (this.#drawing !== null) this.#sent.set(clientId, this.#drawing);
    this.#drawing = null;
  }

  /** The server has passed the drawing on, or refused it. */
  settled(clientId: string): void {
    this.#release(this.#sent.get(clientId) ?? null);
    this.#sent.delete(clientId);
  }

  #release(held: Held | null): void {
    if (held !== null) this.#client.holdFrame(held.surface, held.frameTime, false);
  }
}
