// Drawing on the replay: a stroke belongs to the element on which it began, or to the one around it
// when it reaches too far beyond.

import type { Shape } from '@sightline/protocol';
import { LIMITS } from '../../../protocol/src/generated/limits';
import type { PageDrawing } from '../marks';
import type { PageTool, StrokeTool } from './messages';

/** An element and where it is in the viewport. */
export interface Hit {
  readonly id: number;
  readonly box: DOMRect;
}

type Place = readonly [number, number];

const STROKES: readonly PageTool[] = ['arrow', 'circle', 'freehand', 'highlight'];
/** Coordinates of the protocol are not larger (`COORD_MAX` of its limits). */
const COORD_MAX = 4;
/** A shorter movement is a tap. */
const TAP_PX = 4;
const MIN_STEP_PX = 2;

export const isStroke = (tool: PageTool): tool is StrokeTool => STROKES.includes(tool);

/** A stroke under way, in pixels of the page's viewport. */
export class Stroke {
  readonly #tool: StrokeTool;
  readonly #hit: Hit;
  readonly #start: Place;
  readonly #points: Place[];
  #end: Place;

  constructor(tool: StrokeTool, hit: Hit, at: Place) {
    this.#tool = tool;
    this.#hit = hit;
    this.#start = at;
    this.#end = at;
    this.#points = [at];
  }

  extend(at: Place): void {
    this.#end = at;
    const [x = 0, y = 0] = this.#points.at(-1) ?? [];
    if (Math.hypot(at[0] - x, at[1] - y) < MIN_STEP_PX) return;
    this.#points.push(at);
    if (this.#points.length <= LIMITS.stroke_points) return;
    const kept = this.#points.filter((_, index) => index % 2 === 0);
    this.#points.splice(0, this.#points.length, ...kept, at);
  }

  /** What is drawn so far, to be shown. */
  draft(color: number): PageDrawing {
    return { node: this.#hit.id, shape: this.#shapeIn(this.#hit.box), color };
  }

  /**
   * The finished drawing; null for a mere tap, and for one that no element holds.
   *
   * @param around gives the element around another
   */
  done(around: (id: number) => Hit | null): { node: number; shape: Shape } | null {
    const moved = Math.hypot(this.#end[0] - this.#start[0], this.#end[1] - this.#start[1]);
    if (moved < TAP_PX && this.#points.length < 3) return null;
    for (let hit: Hit | null = this.#hit; hit !== null; hit = around(hit.id)) {
      if (hit.box.width < 1 || hit.box.height < 1) continue;
      const shape = this.#shapeIn(hit.box);
      if (fits(shape)) return { node: hit.id, shape };
    }
    return null;
  }

  #shapeIn(box: DOMRect): Shape {
    const at = ([x, y]: Place): [number, number] => [
      round((x - box.left) / box.width),
      round((y - box.top) / box.height),
    ];
    const [start, end] = [this.#start, this.#end];
    switch (this.#tool) {
      case 'arrow':
        return { type: 'arrow', from: at(start), to: at(end) };
      case 'circle': {
        const radius = Math.max(4, Math.hypot(end[0] - start[0], end[1] - start[1]));
        const share = (side: number): number => Math.max(1e-4, round(radius / side));
        return {
          type: 'circle',
          center: at(start),
          radius: [share(box.width), share(box.height)],
        };
      }
      default:
        return { type: this.#tool, points: this.#points.map(at) };
    }
  }
}

/** Whether the protocol takes it: no coordinate is far outside of the element. */
export function fits(shape: Shape): boolean {
  const inside = (point: readonly number[]): boolean =>
    point.every((value) => Math.abs(value) <= COORD_MAX);
  switch (shape.type) {
    case 'arrow':
      return inside(shape.from) && inside(shape.to);
    case 'circle':
      return inside(shape.center) && inside(shape.radius);
    case 'freehand':
    case 'highlight':
      return shape.points.every(inside);
    case 'text':
      return inside(shape.at);
    default:
      return false;
  }
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
