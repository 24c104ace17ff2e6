/** What a page's turning camera films, known on both sides. */

/** Pixels of the table. */
export const WORLD: [number, number] = [1100, 900];
/** The picture before the phone is turned, and after. */
export const LANDSCAPE: [number, number] = [640, 480];
export const UPRIGHT: [number, number] = [480, 640];
/** The place on the table that is drawn on. */
const THING = [640, 400] as const;
/** Frames until the camera is where it was. */
const CYCLE = 270;

/**
 * Where on the table the camera looks in a frame. It moves by 50 pixels a second at most, so that a
 * mouse that is a little late still meets the thing.
 */
export function cameraAt(frame: number): [number, number] {
  const turn = (2 * Math.PI * frame) / CYCLE;
  return [550 + 70 * Math.sin(turn), 450 + 30 * Math.sin(2 * turn)];
}

/** Where the thing is in each frame, in shares, when the phone is turned at a frame. */
export class Turning {
  /** No frame comes twice: the camera does not begin again. */
  readonly frames = 1 << 24;
  turnedAt = Number.POSITIVE_INFINITY;

  point(frame: number, _point: number): [number, number] {
    const [width, height] = frame < this.turnedAt ? LANDSCAPE : UPRIGHT;
    const [x, y] = cameraAt(frame);
    return [(THING[0] - x + width / 2) / width, (THING[1] - y + height / 2) / height];
  }
}
