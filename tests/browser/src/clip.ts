import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { binary, ROOT } from './paths';

/** A clip with its truth, rendered once and kept. */
export interface Clip {
  readonly path: string;
  readonly truth: Truth;
}

export interface ClipOptions {
  /** A circuit board on a wooden bench, or on a table without any pattern. */
  readonly scene?: 'board' | 'table';
  readonly format?: 'y4m' | 'webm';
  readonly seed?: number;
  readonly seconds?: number;
  readonly speed?: number;
  readonly size?: readonly [number, number];
  /** Seconds between which the lens is covered. */
  readonly cover?: readonly [number, number];
}

/** Where points of the filmed thing are in each frame, in shares of that frame. */
export type Where = Pick<Truth, 'frames' | 'point'>;

/** Where nine points of the filmed thing are in each frame. */
export class Truth {
  private readonly rows: readonly (readonly number[])[];

  constructor(
    csv: string,
    readonly width: number,
    readonly height: number,
  ) {
    this.rows = csv
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number));
  }

  get frames(): number {
    return this.rows.length;
  }

  /** Share of the points that can be seen in a frame. */
  visible(frame: number): number {
    return this.rows[frame % this.frames]?.[1] ?? 0;
  }

  /** A point in shares of the frame; 0 is the middle, 1 the top left corner. */
  point(frame: number, point: number): [number, number] {
    const row = this.rows[frame % this.frames];
    const [x, y] = [row?.[2 + 2 * point], row?.[3 + 2 * point]];
    if (x === undefined || y === undefined) throw new Error(`no point ${point} in frame ${frame}`);
    return [(x + 0.5) / this.width, (y + 0.5) / this.height];
  }
}

/** What the simulated phone of `make run` films: a larger picture without a number, to look at. */
export function demoClip(): string {
  execFileSync(`${ROOT}scripts/demo-clip`, { stdio: 'inherit' });
  return `${ROOT}target/demo/board.mp4`;
}

/** The clip that these options describe, with a frame number in every frame. */
export function clip(options: ClipOptions = {}): Clip {
  const {
    scene = 'board',
    format = 'y4m',
    seed = 1,
    seconds = 10,
    speed = 1,
    size = [640, 480],
    cover,
  } = options;
  const list = ['--scene', scene, '--seed', `${seed}`, '--seconds', `${seconds}`, '--barcode'];
  list.push('--speed', `${speed}`, '--size', size.join('x'), '--fps', '30');
  if (cover !== undefined) list.push('--cover', cover.join(','));
  const maker = binary('make-clip');
  const key = createHash('sha256')
    .update(JSON.stringify([list, statSync(maker).size, statSync(maker).mtimeMs]))
    .digest('hex')
    .slice(0, 12);
  const folder = `${ROOT}target/test-clips`;
  const path = `${folder}/${key}.${format}`;
  const truth = `${folder}/${key}.gt.csv`;
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    // Another worker may make the same clip at the same time: each has its own parts.
    const part = `${folder}/${key}.${process.pid}.part`;
    execFileSync(maker, [...list, '--out', `${part}.${format}`, '--truth', `${part}.gt.csv`], {
      stdio: 'inherit',
    });
    renameSync(`${part}.gt.csv`, truth);
    renameSync(`${part}.${format}`, path);
  }
  return { path, truth: new Truth(readFileSync(truth, 'utf8'), ...size) };
}
