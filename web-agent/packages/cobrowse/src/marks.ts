// How a drawing looks on a page, for the customer and for those who look on.

import type { Shape } from '@sightline/protocol';
import { authorColor } from '../../board/src/colors';

const SVG = 'http://www.w3.org/2000/svg';
/** Length of an arrow's head in pixels. */
const HEAD_PX = 16;

/** A drawing and the element that it is fixed to. */
export interface PageDrawing {
  readonly node: number;
  /** In shares of the element's box. */
  readonly shape: Shape;
  /** Index into the author colours. */
  readonly color: number;
}

/** The outline of a whole element, as a shape in shares of its box. */
export const WHOLE: Shape = {
  type: 'highlight',
  points: [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
    [0, 0],
  ],
};

/** Drawings over a page, drawn anew only when one of them or its element has changed. */
export class DrawingLayer {
  readonly element = document.createElementNS(SVG, 'svg');
  readonly #boxOf: (node: number) => DOMRect | null;
  #drawn = '';

  constructor(boxOf: (node: number) => DOMRect | null) {
    this.#boxOf = boxOf;
  }

  draw(drawings: readonly PageDrawing[]): void {
    if (drawings.length === 0 && this.#drawn === '') return;
    const shown: { drawing: PageDrawing; box: DOMRect }[] = [];
    for (const drawing of drawings) {
      const box = this.#boxOf(drawing.node);
      if (box !== null && (box.width > 0 || box.height > 0)) shown.push({ drawing, box });
    }
    const key = shown.length === 0 ? '' : JSON.stringify(shown);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.element.replaceChildren(...shown.map(({ drawing, box }) => shapeOf(drawing, box)));
  }
}

/** A drawing in the box of its element. */
function shapeOf({ shape, color }: PageDrawing, box: DOMRect): SVGElement {
  const at = ([x, y]: readonly number[]): [number, number] => [
    box.left + (x ?? 0) * box.width,
    box.top + (y ?? 0) * box.height,
  ];
  const line = (points: readonly (readonly number[])[]): SVGElement =>
    svg('polyline', {
      points: points
        .map((point) =>
          at(point)
            .map((value) => value.toFixed(1))
            .join(','),
        )
        .join(' '),
    });
  const group = svg('g', { fill: 'none' });
  switch (shape.type) {
    case 'arrow': {
      const [[fx, fy], [tx, ty]] = [at(shape.from), at(shape.to)];
      const angle = Math.atan2(ty - fy, tx - fx);
      const wing = (turn: number): string =>
        `${tx - HEAD_PX * Math.cos(angle + turn)},${ty - HEAD_PX * Math.sin(angle + turn)}`;
      group.append(
        line([shape.from, shape.to]),
        svg('polyline', { points: `${wing(0.5)} ${tx},${ty} ${wing(-0.5)}` }),
      );
      break;
    }
    case 'circle': {
      const [cx, cy] = at(shape.center);
      const [rx = 0, ry = 0] = shape.radius;
      group.append(
        svg('ellipse', {
          cx: `${cx}`,
          cy: `${cy}`,
          rx: `${rx * box.width}`,
          ry: `${ry * box.height}`,
        }),
      );
      break;
    }
    case 'freehand':
    case 'highlight':
      group.append(line(shape.points));
      break;
    case 'text': {
      const [x, y] = at(shape.at);
      const text = svg('text', { x: `${x}`, y: `${y}` });
      text.textContent = shape.text;
      group.append(text);
      break;
    }
    default:
  }
  // A light line under each coloured one stands out from any page.
  const under = group.cloneNode(true) as SVGElement;
  stroke(under, '#fff', shape.type === 'text' ? 4 : 6);
  stroke(group, authorColor(color), shape.type === 'text' ? 0 : 3);
  const both = svg('g', { 'data-shape': shape.type });
  both.append(under, group);
  return both;
}

function stroke(group: SVGElement, color: string, width: number): void {
  group.setAttribute('stroke', color);
  group.setAttribute('stroke-width', `${width}`);
  group.setAttribute('stroke-linejoin', 'round');
  group.setAttribute('stroke-linecap', 'round');
  for (const text of group.querySelectorAll('text')) {
    text.setAttribute('fill', color);
    text.setAttribute('font-size', '18');
    text.setAttribute('font-family', 'system-ui, sans-serif');
    text.setAttribute('font-weight', '600');
  }
}

function svg(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
