// Choosing an element of the replay: an outline follows the mouse, or the arrow keys through the tree.

import type { Hit } from './draw';
import type { Renderer } from './render';

const KEYS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'];

export class Pick {
  readonly #renderer: Renderer;
  readonly #outline = document.createElement('div');
  readonly #chosen: (node: number) => void;
  /** The outlined element. */
  #node: number | null = null;

  constructor(top: HTMLElement, renderer: Renderer, chosen: (node: number) => void) {
    this.#renderer = renderer;
    this.#chosen = chosen;
    this.#outline.className = 'outline';
    this.#outline.hidden = true;
    top.append(this.#outline);
  }

  outline(node: number | null): void {
    this.#node = node;
    this.draw();
  }

  /** Keeps the outline where its element is. */
  draw(): void {
    const box = this.#node === null ? null : this.#renderer.boxOf(this.#node);
    this.#outline.hidden = box === null;
    if (box === null) return;
    const { style } = this.#outline;
    style.left = `${box.left}px`;
    style.top = `${box.top}px`;
    style.width = `${box.width}px`;
    style.height = `${box.height}px`;
  }

  choose(hit: Hit | null): void {
    if (hit === null) return;
    this.outline(hit.id);
    this.#chosen(hit.id);
  }

  /** Up is out, down is in, left and right are brothers; Enter chooses. True when the key was ours. */
  key(key: string): boolean {
    if (key === 'Enter' && this.#node !== null) {
      this.#chosen(this.#node);
      return true;
    }
    if (!KEYS.includes(key)) return false;
    const { width, height } = this.#renderer;
    const from = this.#node ?? this.#renderer.at(width / 2, Math.min(height / 2, 300))?.id ?? null;
    if (this.#node === null) this.outline(from);
    else if (from !== null) this.outline(this.#renderer.next(from, key)?.id ?? from);
    return true;
  }
}
