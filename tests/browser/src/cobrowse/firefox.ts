import type { Browser, Page } from 'puppeteer-core';
import { openFirefox, PATIENCE_MS } from '../firefox';
import type { Server } from '../server';
import { type Driven, driveAll, type Lane } from './drive';
import { until } from './settle';
import { framedSites, Site, sentOn } from './site';
import { accept, scriptLine } from './visit';
import { Wire } from './wire';

/** Most of the time goes by with waiting for a page to come to rest. */
const WINDOWS = 3;

/** A shared tab in a window of its own, with sites and a wire of its own. */
interface OwnLane extends Lane {
  readonly page: Page;
  readonly tap: Wire;
  stop(): Promise<void>;
}

async function openLane(
  server: Server,
  folder: string,
  first: string,
  line: string,
  browser: Browser,
): Promise<OwnLane> {
  const tap = await Wire.start(server.origin);
  const own = line.replaceAll(server.origin, tap.origin);
  const [site, other] = await framedSites(folder, own, tap.origin);
  const { code } = await server.invite(await server.createSession('Firefox'));
  // A window, because a tab that is behind another draws nothing and sends nothing.
  const page = await (await browser.createBrowserContext()).newPage({ type: 'window' });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${site.origin}/${first}#sightline-${code}`);
  await accept(page, tap);
  const stop = async (): Promise<void> => {
    for (const each of [site, other, tap]) await each.stop();
  };
  return { page, tap, origin: site.origin, stop };
}

/** Lets a page tell a secret by itself, and gives what its wire shows of that. */
async function tellSecret({ page, tap }: OwnLane): Promise<string[]> {
  const from = tap.sent.length;
  await page.evaluate(`fetch('${tap.origin}/co.js?ZSEC999Q').then(() => true)`);
  return [...tap.leaks(from)];
}

/**
 * Drives hostile pages in Firefox, in windows beside each other, and looks at every byte that goes to
 * the server. `controls`: what each wire shows of a page that tells its secret.
 */
export async function hostileInFirefox(
  server: Server,
  folder: string,
  names: readonly string[],
): Promise<Driven & { readonly controls: string[][] }> {
  await server.signInHere();
  const line = await scriptLine(server);
  const { browser } = await openFirefox();
  const lanes: OwnLane[] = [];
  try {
    const first = names[0] ?? '';
    while (lanes.length < WINDOWS) lanes.push(await openLane(server, folder, first, line, browser));
    const driven = await driveAll(lanes, names);
    return { ...driven, controls: await Promise.all(lanes.map(tellSecret)) };
  } finally {
    await browser.close();
    for (const lane of lanes) await lane.stop();
  }
}

/** What became of a way from one of a company's sites to another. */
export interface Followed {
  /** Where it ended, without the origin. */
  readonly path: string;
  /** True when the session went on there by a ticket. */
  readonly resumed: boolean;
}

/**
 * Goes from a company's site to another one in Firefox, each time from the same page. A way is a text
 * for `evaluate`, in which `{{OTHER}}` stands for the other site and `{{GO}}` for an address of this
 * one that its server sends on to there. `typed` in the address bar there is no text for.
 */
export async function followedInFirefox(
  server: Server,
  folder: string,
  ways: readonly string[],
  preferences: Readonly<Record<string, boolean>> = {},
): Promise<{ followed: Followed[]; typed: Followed; asked: string }> {
  await server.signInHere();
  const wire = await Wire.start(server.origin);
  const line = (await scriptLine(server)).replaceAll(server.origin, wire.origin);
  const account = await Site.start({ '/': folder }, { line, host: 'localhost' });
  const shop = await Site.start({ '/': folder }, { line, other: account.origin });
  const origins = [shop.origin, account.origin];
  const rules = { mode: 'marked_and_inputs', rules: [], origins };
  await server.api('PUT', '/api/cobrowse/settings', rules);
  const { browser, page } = await openFirefox(preferences);
  const heard = (type: string): number =>
    wire.notices.filter(({ type: each }) => each === type).length;
  const begin = `${shop.origin}/moves.html`;
  /** A ticket for this tab and one for a new one have come to the page that is there now. */
  const ready = (): Promise<true> =>
    until('tickets', async () => {
      const since = wire.notices.findLastIndex(({ type }) => type === 'ready');
      return wire.notices.slice(since).filter(({ type }) => type === 'ticket').length >= 2;
    });
  const snapshots = (): number => wire.sent.filter((each) => each[0] === 1).length;
  /** The loader is there, which decides at once whether anything is to be gone on with. */
  const arrived = (at: string): Promise<true> =>
    until(at, async () => {
      if (!page.url().startsWith(at)) return false;
      return await page.evaluate(() => 'Sightline' in window).catch(() => false);
    });
  const goes = (): Promise<boolean> => page.evaluate(() => 'sightlineStart' in window);
  const go = async (at: string, how: () => Promise<unknown>): Promise<Followed> => {
    await ready();
    const [before, pages] = [heard('resumed'), heard('ready')];
    await how();
    await arrived(at);
    const on = await goes();
    if (on) {
      await until('the session', async () => heard('resumed') > before);
      // What this page still waits for would be taken for the next one's.
      await until('the page', async () => heard('ready') > pages);
      await ready();
    }
    return { path: page.url().slice(at.length), resumed: on };
  };
  try {
    const { code } = await server.invite(await server.createSession('Firefox'));
    await page.goto(`${begin}#sightline-${code}`);
    await accept(page, wire);
    const followed: Followed[] = [];
    const to = `${account.origin}/second.html`;
    for (const way of ways) {
      const run = way
        .replaceAll('{{OTHER}}', to)
        .replaceAll('{{GO}}', sentOn(to, shop))
        .concat(';0');
      // The tab has been there before: what it kept there is not what takes it along.
      followed.push(await go(account.origin, () => page.evaluate(run)));
      await page.evaluate(`sessionStorage.clear()`);
      const [pages, shown] = [heard('ready'), snapshots()];
      await page.goto(begin);
      await until('the page', async () => heard('ready') > pages && snapshots() > shown);
    }
    const typed = await go(account.origin, () => page.goto(to));
    return { followed, typed, asked: [...shop.asked, ...account.asked].join(' ') };
  } finally {
    await browser.close();
    await shop.stop();
    await account.stop();
    await wire.stop();
  }
}
