import type { Overlay } from '@sightline/board';
import type { SessionClient, Surface } from '@sightline/protocol';
import type { Store } from '../app/store';
import type { FrameHolds } from './frame-holds';
import type { DeskAction, DeskState } from './model/desk';
import { stageView } from './model/select';

interface FreezerOptions {
  readonly client: Pick<SessionClient, 'state'>;
  readonly holds: Pick<FrameHolds, 'holdFrame'>;
  readonly store: Store<DeskState, DeskAction>;
  /** The surface on the stage. */
  readonly surface: () => Surface | null;
  readonly overlay: () => Pick<Overlay, 'freeze' | 'unfreeze'> | null;
}

/** Stops the picture at one frame, has the tracker keep that frame, and lets both go again. */
export class Freezer {
  readonly #options: FreezerOptions;
  /** True from the key press on; the still itself comes with the next frame. */
  #wanted = false;
  #waiting = false;

  constructor(options: FreezerOptions) {
    this.#options = options;
  }

  /** The one key for both ways. */
  async toggle(): Promise<void> {
    if (this.#wanted) this.goLive();
    else await this.#freeze();
  }

  /** Leaves the frozen frame. */
  goLive(): void {
    this.#wanted = false;
    const { store, holds, overlay } = this.#options;
    const { frozen } = store.get();
    if (frozen === null) return;
    overlay()?.unfreeze();
    if (frozen.frameTime !== null) holds.holdFrame(frozen.surface, frozen.frameTime, false);
    store.dispatch({ type: 'thawed' });
  }

  /** A still of a picture that the customer has taken away would be one that they do not offer. */
  thawWhenHidden(): void {
    const { store, client } = this.#options;
    const { frozen } = store.get();
    if (frozen === null) return;
    const surface = client.state.surfaces.find((one) => one.id === frozen.surface);
    if (surface === undefined || surface.paused) this.goLive();
  }

  async #freeze(): Promise<void> {
    const { client, holds, store } = this.#options;
    const surface = this.#options.surface();
    const overlay = this.#options.overlay();
    if (surface === null || overlay === null) return;
    if (stageView(client.state, surface) !== 'live') return;
    this.#wanted = true;
    if (this.#waiting) return;
    this.#waiting = true;
    const still = await overlay.freeze();
    this.#waiting = false;
    if (still === null || !this.#wanted || this.#options.surface()?.id !== surface.id) {
      this.#wanted = false;
      overlay.unfreeze();
      return;
    }
    const { frameTime } = still;
    if (frameTime !== null) holds.holdFrame(surface.id, frameTime, true);
    store.dispatch({ type: 'froze', surface: surface.id, frameTime });
    this.thawWhenHidden();
  }
}
