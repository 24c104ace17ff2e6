// How a mark looks, for the customer and for those who look on.

import type { PageMark } from '@sightline/protocol';

const SVG = 'http://www.w3.org/2000/svg';

/** Eight colours that stay apart for colour-blind eyes, as on the board. */
export const COLORS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#f0e442',
  '#b0b0b0',
];

/** A mark in the box of its node. */
export function shapeOf(mark: PageMark, box: DOMRect): SVGElement {
  const color = COLORS[mark.color % 8] ?? '#0072b2';
  const shape = document.createElementNS(SVG, mark.points.length === 0 ? 'rect' : 'polyline');
  if (mark.points.length === 0) {
    shape.setAttribute('x', `${box.left - 3}`);
    shape.setAttribute('y', `${box.top - 3}`);
    shape.setAttribute('width', `${box.width + 6}`);
    shape.setAttribute('height', `${box.height + 6}`);
    shape.setAttribute('rx', '4');
  } else {
    const points = mark.points.map(
      ([x, y]) => `${box.left + x * box.width},${box.top + y * box.height}`,
    );
    shape.setAttribute('points', points.join(' '));
  }
  shape.setAttribute('fill', 'none');
  shape.setAttribute('stroke', color);
  shape.setAttribute('stroke-width', '3');
  shape.setAttribute('stroke-linejoin', 'round');
  shape.setAttribute('stroke-linecap', 'round');
  return shape;
}
