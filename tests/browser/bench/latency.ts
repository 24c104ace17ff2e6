import type { Page } from '@playwright/test';
import { VALUE_LIMIT } from '../src/barcode';
import { sights } from '../src/probe';

/**
 * Latencies of all pictures that a page has presented, in milliseconds: the clock when the picture
 * was presented less the clock that was burnt into it when it was made. Both clocks are the same
 * machine's. The first pictures after the start are left out: they wait for the first keyframe.
 */
export async function latencies(page: Page, skip: number): Promise<number[]> {
  return (await sights(page))
    .filter((sight) => sight.kind === 'clock')
    .slice(skip)
    .map((sight) => {
      const late = (Math.round(sight.atMs) - (sight.number ?? 0)) % VALUE_LIMIT;
      return late < VALUE_LIMIT / 2 ? late : late - VALUE_LIMIT;
    });
}

/** Waits until the probe has seen this many pictures. */
export async function pictures(page: Page, count: number, timeoutMs = 60_000): Promise<void> {
  await page.waitForFunction((wanted) => window.probe.sights.length >= wanted, count, {
    timeout: timeoutMs,
    polling: 200,
  });
}
