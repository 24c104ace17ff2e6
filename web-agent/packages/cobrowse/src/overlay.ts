// What the customer sees of the others and of the masks: pointers, marks fixed to elements, and
// hatching over what is hidden.

import type { PagePointer, ParticipantId } from '@sightline/protocol';
import { authorColor } from '../../board/src/colors';
import { DrawingLayer, type PageDrawing } from './marks';
import { el, type Panel, place } from './panel';
import type { Recorder } from './recorder';
import { isField, parentOf } from './tree';

const SVG = 'http://www.w3.org/2000/svg';
const ARROW = 'M1 1 L1 16 L5 12 L8 19 L11 18 L8 11 L14 11 Z';
/** Hatched places drawn at one time. */
const HATCHES = 200;

export class PageOverlay {
  readonly #panel: Panel;
  readonly #recorder: Recorder;
  readonly #pointers = new Map<ParticipantId, { at: HTMLElement; pointer: PagePointer }>();
  #drawings: readonly PageDrawing[] = [];
  readonly #layer = new DrawingLayer(
    (node) => this.#recorder.elementOf(node)?.getBoundingClientRect() ?? null,
  );
  readonly #hatching = el('div');
  #frame = 0;

  constructor(panel: Panel, recorder: Recorder) {
    this.#panel = panel;
    this.#recorder = recorder;
    this.#layer.element.setAttribute('class', 'marks');
    panel.layer.append(this.#hatching, this.#layer.element);
    const draw = (): void => {
      this.#draw();
      this.#frame = requestAnimationFrame(draw);
    };
    draw();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#panel.layer.replaceChildren();
  }

  pointer(by: ParticipantId, name: string, color: number, pointer: PagePointer): void {
    const known = this.#pointers.get(by);
    if (!pointer.visible) {
      known?.at.remove();
      this.#pointers.delete(by);
      return;
    }
    const at = known?.at ?? this.#makePointer(name, authorColor(color));
    this.#pointers.set(by, { at, pointer });
  }

  #makePointer(name: string, color: string): HTMLElement {
    const at = el('div', 'pointer');
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('width', '18');
    svg.setAttribute('height', '22');
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', ARROW);
    path.setAttribute('fill', color);
    path.setAttribute('stroke', '#fff');
    svg.append(path);
    const label = el('span', '', name);
    label.style.setProperty('background', color);
    at.append(svg, label);
    this.#panel.layer.append(at);
    return at;
  }

  drawings(drawings: readonly PageDrawing[]): void {
    this.#drawings = drawings;
  }

  #draw(): void {
    for (const { at, pointer } of this.#pointers.values()) {
      const box =
        pointer.node == null
          ? null
          : this.#recorder.elementOf(pointer.node)?.getBoundingClientRect();
      const x = box == null ? pointer.x : box.left + pointer.x * box.width;
      const y = box == null ? pointer.y : box.top + pointer.y * box.height;
      at.style.setProperty('transform', `translate(${x}px,${y}px)`);
    }
    this.#layer.draw(this.#drawings);
  }

  /** True for the outermost of what is hidden. */
  #isOutermost(element: Element): boolean {
    const { gate } = this.#recorder;
    const above = parentOf(element);
    if (gate.level(element) > 0) return above === null || gate.level(above) === 0;
    return (
      isField(element) && !/^(submit|button|reset|image)$/.test((element as HTMLInputElement).type)
    );
  }

  /** Hatches what is hidden, as far as it is on the screen. */
  hatch(): void {
    const boxes: HTMLElement[] = [];
    for (const element of this.#recorder.mirror.elements()) {
      if (boxes.length >= HATCHES) break;
      if (!this.#isOutermost(element)) continue;
      const box = element.getBoundingClientRect();
      if (box.width < 3 || box.height < 3 || box.bottom < 0 || box.top > innerHeight) continue;
      const at = el('div', 'hatch');
      place(at, box);
      boxes.push(at);
    }
    this.#hatching.replaceChildren(...boxes);
  }
}
