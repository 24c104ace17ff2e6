import { expect, type JSHandle, type Page } from '@playwright/test';
import type { FilmSight, Named } from './page/film';
import type { Server } from './server';

export type { FilmSight, Named } from './page/film';

/** A frame of a kept film, as its part says. */
export interface KeptFrame {
  readonly atMs: number;
  readonly frameTime: number;
}

interface FilmRecord {
  readonly tracks: readonly {
    readonly id: number;
    readonly kind: string | null;
  }[];
  readonly parts: readonly { readonly n: number; readonly track: number }[];
}

/** What `GET /api/sessions/{id}/record` says, as far as tests look at it. */
export interface RecordAnswer {
  readonly film: FilmRecord | null;
  readonly annotations: readonly {
    readonly at_ms: number;
    readonly op: {
      readonly annotation?: { readonly frame_time: number | null };
    };
  }[];
}

/** Changes the company's days of keeping, by the signed-in page; null for not at all. */
export async function keepFilm(page: Page, days: number | null): Promise<void> {
  await page.evaluate(async (film_days) => {
    const settings = await (await fetch('/api/cobrowse/settings')).json();
    const body = JSON.stringify({ ...settings.rules, film_days });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/api/cobrowse/settings', {
      method: 'PUT',
      headers,
      body,
    });
    if (!answer.ok) throw new Error(`settings: ${answer.status} ${await answer.text()}`);
  }, days);
}

/** The record of a session, as the signed-in page gets it. */
export async function recordOf(page: Page, session: string): Promise<RecordAnswer> {
  return (await page.evaluate(
    async (path) => (await fetch(path)).json(),
    `/api/sessions/${session}/record`,
  )) as RecordAnswer;
}

/** Collects which number the pictures on the agent's stage have, by their frame times. */
export function namedLive(page: Page): Promise<JSHandle<Named[]>> {
  return page.evaluateHandle(() => {
    const video = document.querySelector<HTMLVideoElement>('[data-testid=surface-video]');
    if (video === null) throw new Error('no live picture');
    return window.sightlineProbe.nameLive(video);
  });
}

/** Parts asked for at once, each with its length in four bytes before it. */
const BLOCK = 8;

/**
 * The frames of the film's pictures in the order of time, read without the page's own code: a part
 * has a head of 7 bytes, each of its frames one of 13.
 */
export async function framesOf(
  page: Page,
  server: Server,
  session: string,
  record: RecordAnswer,
): Promise<KeptFrame[]> {
  const { tracks = [], parts = [] } = record.film ?? {};
  const pictures = new Set(tracks.filter(({ kind }) => kind != null).map(({ id }) => id));
  const frames: KeptFrame[] = [];
  for (let first = 0; first < parts.length; first += BLOCK) {
    const path = `/api/sessions/${session}/record/film/${first}?count=${BLOCK}`;
    const body = await (await page.request.get(server.origin + path)).body();
    for (let at = 0; at < body.length; at += 4 + body.readUInt32BE(at)) {
      if (!pictures.has(body.readUInt16BE(at + 5))) continue;
      let frame = at + 11;
      for (let left = body.readUInt32BE(at + 7); left > 0; left--) {
        frames.push({ atMs: body.readUInt32BE(frame), frameTime: body.readUInt32BE(frame + 4) });
        frame += 13 + body.readUInt32BE(frame + 9);
      }
    }
  }
  return frames.sort((a, b) => a.atMs - b.atMs);
}

/** The player of a record. */
export class Film {
  constructor(
    readonly page: Page,
    readonly color: string,
  ) {}

  static async open(
    page: Page,
    server: Server,
    session: string,
    { color, search = '' }: { readonly color: string; readonly search?: string },
  ): Promise<Film> {
    await page.goto(`${server.origin}/${search}#/record/${session}`);
    await expect(page.getByTestId('player')).toBeVisible();
    return new Film(page, color);
  }

  /** Moves the time bar and waits for the picture of that moment. */
  async at(ms: number): Promise<FilmSight> {
    await this.page.getByTestId('player-time').fill(`${ms}`);
    return await this.shown();
  }

  /** The picture that stands on the stage, once it is the one that was asked for. */
  async shown(): Promise<FilmSight> {
    await expect(this.page.getByTestId('film')).toHaveAttribute('data-state', 'shown');
    const sight = await this.page.evaluate(
      (color) => window.sightlineProbe.lookAtFilm(color),
      this.color,
    );
    if (sight === null) throw new Error('nothing is on the stage of the player');
    return sight;
  }

  /** Plays from a moment on and gives each picture that was seen, until it is enough or over. */
  async play(fromMs: number, { pictures }: { readonly pictures: number }): Promise<FilmSight[]> {
    await this.at(fromMs);
    const sights = await this.page.evaluateHandle(
      (color) => window.sightlineProbe.watchFilm(color),
      this.color,
    );
    await this.page.getByTestId('player-play').click();
    await this.page.waitForFunction(
      ([seen, enough]) => {
        const bar = document.querySelector<HTMLInputElement>('[data-testid=player-time]');
        return seen.length >= enough || bar?.value === bar?.max;
      },
      [sights, pictures] as const,
      { timeout: 120_000, polling: 50 },
    );
    const found = await sights.jsonValue();
    // At its end the film stops by itself, and the key for playing would begin anew; this one only
    // ever stops.
    await this.page.keyboard.press('.');
    await expect(this.page.getByTestId('player')).toHaveAttribute('data-playing', 'false');
    return found;
  }
}
