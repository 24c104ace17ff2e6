import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import { canariesIn, PUBLIC } from './scan';
import type { Tap } from './tap';

/** What a page does by itself is over by then. */
const ACTS_MS = 2_600;

/** Runs through hostile pages in one tab; each is shared anew by the running session. */
export async function drive(
  page: Page,
  tap: Tap,
  url: string,
): Promise<{ secrets: string[]; missing: string[] }> {
  const from = tap.sent.length;
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForTimeout(ACTS_MS);
  await tap.quiet(page, 150);
  const html = await page.request.get(url).then((answer) => answer.text());
  const wanted = new Set(html.match(PUBLIC));
  const arrived = arrivedSince(tap, from);
  return {
    secrets: [...tap.leaks(from)],
    missing: [...wanted].filter((each) => !arrived.has(each)),
  };
}

function arrivedSince(tap: Tap, from: number): Set<string> {
  const found = new Set<string>();
  for (const each of tap.sent.slice(from))
    for (const canary of canariesIn(each, PUBLIC)) found.add(canary);
  return found;
}

/** What a stock recorder with its masks on would send about a page. */
export async function stockEvents(page: Page, url: string): Promise<string> {
  const stock = createRequire(import.meta.url)
    .resolve('rrweb')
    .replace(/rrweb\.[^/]*$/, 'rrweb.umd.min.cjs');
  await page.goto(url);
  return await page.evaluate(
    (code) => {
      // The control runs as its makers deliver it.
      const { rrweb } = new Function(`${code}; return { rrweb: globalThis.rrweb };`)() as {
        rrweb: { record: (options: object) => void };
      };
      const events: unknown[] = [];
      rrweb.record({
        emit: (event: unknown) => events.push(event),
        maskAllInputs: true,
        maskTextSelector: '[data-sightline=mask]',
        blockSelector: '[data-sightline=block]',
      });
      return JSON.stringify(events);
    },
    readFileSync(stock, 'utf8'),
  );
}
