// Pictures that stand for canvases, taken when the page draws.

import type { Assets } from './assets';
import type { Gate } from './gate';

/** Pixels of the largest canvas that is taken. */
const LARGEST = 4_000_000;

export class Stills {
  readonly #gate: Gate;
  readonly #assets: Assets;
  /** False while nothing may be taken. */
  readonly #open: () => boolean;
  readonly #changed: (canvas: Element) => void;
  #taking = 0;

  constructor(gate: Gate, assets: Assets, open: () => boolean, changed: (canvas: Element) => void) {
    this.#gate = gate;
    this.#assets = assets;
    this.#open = open;
    this.#changed = changed;
  }

  get busy(): boolean {
    return this.#taking > 0;
  }

  take(canvas: HTMLCanvasElement): void {
    const { width, height } = canvas;
    if (width === 0 || height === 0 || width * height > LARGEST) return;
    this.#gate.look();
    if (this.#gate.level(canvas) > 0) return;
    this.#taking++;
    // In the frame in which the page draws, so that a WebGL canvas still holds its picture.
    requestAnimationFrame(() => {
      try {
        canvas.toBlob((blob) => void this.#keep(canvas, blob).finally(() => this.#taking--));
      } catch {
        // It shows a picture of another origin, which nobody may read.
        this.#taking--;
      }
    });
  }

  async #keep(canvas: HTMLCanvasElement, blob: Blob | null): Promise<void> {
    if (blob === null || !this.#open()) return;
    const hash = await this.#assets.put(new Uint8Array(await blob.arrayBuffer()));
    this.#gate.look();
    if (this.#gate.setStill(canvas, hash)) this.#changed(canvas);
  }
}
