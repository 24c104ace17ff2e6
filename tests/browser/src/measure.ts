import type { Truth } from './clip';
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
export function sticking(pictures: readonly Seen[], truth: Truth, point: number): Sticking {
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
