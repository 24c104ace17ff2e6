/**
 * Runs inside a page: what a person sees of a film that is played again, and which number a live
 * picture carries. Like the probe it looks at pixels; from the page it takes only the names of
 * frames and the time that the time bar shows.
 */
import { readBarcode } from '../barcode';
import { context } from './canvas';
import { findColor } from './color';

const WIDTH = 640;

/** What is on the player's stage. */
export interface FilmSight {
  /** Number in the picture's barcode; null when none was readable. */
  readonly number: number | null;
  readonly width: number;
  readonly height: number;
  /** Middle of the coloured drawing in shares of the picture; null when nothing is drawn. */
  readonly mark: readonly [number, number] | null;
  /** Name of the frame. */
  readonly frameTime: number;
  /** What the time bar says, in milliseconds since the session began. */
  readonly atMs: number;
}

function numberOf(source: CanvasImageSource, width: number, height: number): number | null {
  const strip = context(WIDTH, WIDTH / 40);
  strip.drawImage(source, 0, 0, WIDTH, height * (WIDTH / width));
  return readBarcode(strip.getImageData(0, 0, WIDTH, WIDTH / 40).data, WIDTH)?.value ?? null;
}

const canvasOf = (name: string): HTMLCanvasElement | null =>
  document.querySelector<HTMLCanvasElement>(`canvas[data-testid=${name}]`);

/** The picture and the drawing of a colour at this moment; null while nothing is shown. */
export function lookAtFilm(color: string): FilmSight | null {
  const [picture, drawings] = [canvasOf('film-picture'), canvasOf('film-drawings')];
  const bar = document.querySelector<HTMLInputElement>('[data-testid=player-time]');
  const name = picture?.dataset['frameTime'];
  if (picture === null || drawings === null || bar === null || name === undefined) return null;
  const { width, height } = picture;
  const rows = Math.round(height * (WIDTH / width));
  const over = context(WIDTH, rows);
  // The picture is fitted into its box, and the drawings' canvas fills the same box.
  const scale = Math.min(drawings.width / width, drawings.height / height);
  const [across, down] = [width * scale, height * scale];
  const [left, top] = [(drawings.width - across) / 2, (drawings.height - down) / 2];
  over.drawImage(drawings, left, top, across, down, 0, 0, WIDTH, rows);
  return {
    number: numberOf(picture, width, height),
    width,
    height,
    mark: findColor(over.getImageData(0, 0, WIDTH, rows).data, WIDTH, color).middle,
    frameTime: Number(name),
    atMs: bar.valueAsNumber,
  };
}

/** Collects each new picture of the film while it plays; the returned list grows. */
export function watchFilm(color: string): FilmSight[] {
  const sights: FilmSight[] = [];
  const look = () => {
    const name = canvasOf('film-picture')?.dataset['frameTime'];
    if (name !== undefined && Number(name) !== sights.at(-1)?.frameTime) {
      const sight = lookAtFilm(color);
      if (sight !== null) sights.push(sight);
    }
    requestAnimationFrame(look);
  };
  look();
  return sights;
}

/** Which number the pictures of a live video have, by their frame times. */
export interface Named {
  readonly number: number;
  readonly frameTime: number;
}

/** Collects each picture of a live video that can be read; the returned list grows. */
export function nameLive(video: HTMLVideoElement): Named[] {
  const named: Named[] = [];
  const look = () => {
    video.requestVideoFrameCallback((_now, { rtpTimestamp, width, height }) => {
      look();
      const number = numberOf(video, width, height);
      if (number !== null && rtpTimestamp !== undefined)
        named.push({ number, frameTime: rtpTimestamp });
    });
  };
  look();
  return named;
}
