import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { buildSync } from 'esbuild';
import type * as InPage from './page/probe';
import type { ProbeOptions, Sight } from './page/probe';

export type { Sight } from './page/probe';

declare global {
  interface Window {
    sightlineProbe: typeof InPage;
    probe: InPage.Probe;
  }
}

let bundle: string | undefined;

/** The probe as a classic script that sets `window.sightlineProbe`. */
export function probeScript(): string {
  bundle ??= buildSync({
    entryPoints: [fileURLToPath(new URL('./page/probe.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'sightlineProbe',
    target: 'es2022',
    footer: { js: 'globalThis.sightlineProbe = sightlineProbe;' },
  }).outputFiles[0]?.text;
  if (bundle === undefined) throw new Error('esbuild gave no probe');
  return bundle;
}

/** Begins to record the page's largest video and the canvas over it. */
export async function startProbe(page: Page, options: ProbeOptions = {}): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('video')].some((video) => video.videoWidth > 0 && !video.paused),
  );
  await page.evaluate((given) => {
    window.probe = window.sightlineProbe.start(given);
  }, options);
}

/** What to wait for; every given field must hold. */
export interface Wanted {
  /** Whether the drawing is on the picture. */
  readonly mark?: boolean;
  /** Whether a number can be read in the picture. */
  readonly number?: boolean;
  /** Frame number, first to last. */
  readonly numbers?: readonly [number, number];
  /** Presented after this, milliseconds since 1970. */
  readonly afterMs?: number;
}

/** Waits until something was seen, and gives it. */
export async function seen(page: Page, wanted: Wanted, timeoutMs = 60_000): Promise<Sight> {
  const found = await page.waitForFunction(
    ({ mark, number, numbers, afterMs }) =>
      window.probe.sights.find(
        (sight) =>
          (mark === undefined || mark === (sight.mark !== null)) &&
          (number === undefined || number === (sight.number !== null)) &&
          (numbers === undefined ||
            (sight.number !== null && sight.number >= numbers[0] && sight.number <= numbers[1])) &&
          (afterMs === undefined || sight.atMs > afterMs),
      ) ?? null,
    wanted,
    { timeout: timeoutMs, polling: 50 },
  );
  return (await found.jsonValue()) as Sight;
}

/** Everything seen so far. */
export async function sights(page: Page): Promise<Sight[]> {
  return await page.evaluate(() => window.probe.sights);
}

/** How long to watch: all of it must be reached. */
export interface Enough {
  /** Milliseconds since the beginning. */
  readonly ms: number;
  /** Pictures with a readable number. */
  readonly pictures: number;
  /** Those of them with the drawing; a busy tracker leaves some out. */
  readonly drawn?: number;
}

/** Everything seen from a moment on, milliseconds since 1970, until it is enough. */
export async function watched(page: Page, fromMs: number, enough: Enough): Promise<Sight[]> {
  await page.waitForFunction(
    ([from, { ms, pictures, drawn = 0 }]) => {
      const since = window.probe.sights.filter(({ atMs }) => atMs >= from);
      const numbered = since.filter(({ number }) => number !== null);
      return (
        numbered.length >= pictures &&
        numbered.filter(({ mark }) => mark !== null).length >= drawn &&
        (since.at(-1)?.atMs ?? 0) >= from + ms
      );
    },
    [fromMs, enough] as const,
    { timeout: enough.ms + 120_000, polling: 50 },
  );
  return (await sights(page)).filter(({ atMs }) => atMs >= fromMs);
}
