import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import { canariesIn, PUBLIC } from './scan';
import { type AnyPage, looked, settled, until } from './settle';
import type { Sent } from './tap';
import { Wire } from './wire';

/** A page that goes on for ever is not waited for any longer. */
const ACTS_MS = 8_000;

/** Goes to a hostile page in a shared tab, and says what left the tab of what must not, and what did not of what must. */
async function drive(
  page: AnyPage,
  tap: Sent,
  url: string,
): Promise<{ secrets: string[]; missing: string[] }> {
  const from = tap.sent.length;
  await page.goto(url, { waitUntil: 'load' });
  const end = Date.now() + ACTS_MS;
  // The page's own timers, counted by `Site`.
  const ended = await until("the end of a page's own changes", async () => {
    const { pending } = await page.evaluate(() => ({
      pending: (window as Window & { pageTimers?: { pending: number } }).pageTimers?.pending ?? 0,
    }));
    if (pending === 0) return { quiet: true };
    return Date.now() > end && { quiet: false };
  });
  const { sent } = await (ended.quiet ? settled(page) : looked(page));
  if (tap instanceof Wire) await until('the last byte', async () => tap.binary >= sent);
  const html = await (await fetch(url)).text();
  const wanted = new Set(html.match(PUBLIC));
  const arrived = arrivedSince(tap, from);
  return {
    secrets: [...tap.leaks(from)],
    missing: [...wanted].filter((each) => !arrived.has(each)),
  };
}

/** A shared tab and what is seen of what it sends. */
export interface Lane {
  readonly page: AnyPage;
  readonly tap: Sent;
  /** Of the site with the hostile pages. */
  readonly origin: string;
}

/** What became of many hostile pages. */
export interface Driven {
  leaks: number;
  missing: number;
  /** A line for each page that leaked, or of which something is missing, sorted. */
  readonly problems: string[];
  /** Pages that could not be driven, and why; what leaked of them is counted all the same. */
  readonly failed: string[];
}

/** Drives hostile pages in several tabs beside each other; each takes the next page when it is done. */
export async function driveAll(lanes: readonly Lane[], names: readonly string[]): Promise<Driven> {
  const driven: Driven = { leaks: 0, missing: 0, problems: [], failed: [] };
  const queue = [...names];
  const run = async ({ page, tap, origin }: Lane): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const from = tap.sent.length;
      const { secrets, missing } = await drive(page, tap, `${origin}/${name}`).catch((error) => {
        driven.failed.push(`${name}: ${error}`);
        return { secrets: [...tap.leaks(from)], missing: [] };
      });
      driven.leaks += secrets.length;
      driven.missing += missing.length;
      if (secrets.length + missing.length === 0) continue;
      const [leaked, lost] = [secrets, missing].map((each) => each.join(' ') || 'nothing');
      driven.problems.push(`${name}: leaked ${leaked}; missing ${lost}`);
    }
  };
  await Promise.all(lanes.map(run));
  driven.problems.sort();
  return driven;
}

function arrivedSince(tap: Sent, from: number): Set<string> {
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
