import type { Where } from './clip';
import type { Sight } from './probe';

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** What a series of pictures says about a drawing on a point of the filmed thing. */
export interface Sticking {
  /** Pictures with a readable number. */
  readonly frames: number;
  /** Share of them in which the drawing was on the picture. */
  readonly shown: number;
  /** Distance of its middle from the true point, in frame widths. */
  readonly median: number;
  readonly p95: number;
}

/** One picture: which frame of the clip, and where the drawing was in it. */
export type Seen = Pick<Sight, 'number' | 'mark' | 'width' | 'height'>;

/** Compares a drawing with the truth, picture by picture. */
export function sticking(pictures: readonly Seen[], truth: Where, point: number): Sticking {
  const numbered = pictures.filter((picture) => picture.number !== null);
  const errors = numbered.flatMap((picture) => {
    if (picture.mark === null) return [];
    const [x, y] = truth.point(picture.number ?? 0, point);
    const aspect = picture.height / picture.width;
    return [Math.hypot(picture.mark[0] - x, (picture.mark[1] - y) * aspect)];
  });
  return {
    frames: numbered.length,
    shown: errors.length / numbered.length,
    median: quantile(errors, 0.5),
    p95: quantile(errors, 0.95),
  };
}

/** How a drawing keeps up with a thing that moves. */
export interface Following {
  readonly frames: number;
  /** Share of the pictures in which the drawing was on the picture. */
  readonly shown: number;
  /** Milliseconds that the drawing lies behind the thing along its way; negative when ahead. */
  readonly lagMs: number;
  /** Error in frame widths over all pictures in which the thing moves at most so fast. */
  readonly median: number;
  readonly p95: number;
  /** Fastest motion among these, in frame widths a second. */
  readonly fastest: number;
}

/**
 * Compares a drawing with the truth while the thing moves. The lag is the time that explains most
 * of the errors: the least squares of `error = -lag * velocity`.
 *
 * @param upTo fastest motion that counts for the error, in frame widths a second
 */
export function follow(
  pictures: readonly Seen[],
  truth: Where,
  point: number,
  { fps, upTo }: { readonly fps: number; readonly upTo: number },
): Following {
  const numbered = pictures.filter((picture) => picture.number !== null);
  const errors: number[] = [];
  let [shown, along, moved, fastest] = [0, 0, 0, 0];
  for (const { number, mark, width, height } of numbered) {
    if (mark === null || number === null) continue;
    shown += 1;
    const aspect = height / width;
    const at = (frame: number): [number, number] => {
      const [x, y] = truth.point((frame + truth.frames) % truth.frames, point);
      return [x, y * aspect];
    };
    const [now, before, after] = [at(number), at(number - 1), at(number + 1)];
    const velocity = [0, 1].map((axis) => (((after[axis] ?? 0) - (before[axis] ?? 0)) * fps) / 2);
    const error = [mark[0] - now[0], mark[1] * aspect - now[1]];
    const [vx = 0, vy = 0] = velocity;
    const [ex = 0, ey = 0] = error;
    along += ex * vx + ey * vy;
    moved += vx * vx + vy * vy;
    const speed = Math.hypot(vx, vy);
    if (speed > upTo) continue;
    fastest = Math.max(fastest, speed);
    errors.push(Math.hypot(ex, ey));
  }
  return {
    frames: numbered.length,
    shown: shown / numbered.length,
    lagMs: (-along / moved) * 1000,
    median: quantile(errors, 0.5),
    p95: quantile(errors, 0.95),
    fastest,
  };
}
