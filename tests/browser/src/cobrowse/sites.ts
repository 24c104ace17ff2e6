import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import type { Server } from '../server';
import { expect } from '../test';
import { Inside } from './inside';
import type { Looker } from './looker';
import { Site } from './site';
import { Tap } from './tap';
import { firstFrame, scriptLine } from './visit';

const PAGES = fileURLToPath(new URL('../../pages/plain', import.meta.url));
/** What the fragment with a ticket begins with. */
export const MARK = 'sightline-move';

/** A tab as agents see it. */
export interface SeenTab {
  readonly tab: number;
  readonly page: number;
  readonly url: string;
  readonly left: { readonly origin: string | null } | null;
}

/** The sites of one company, and one that is not in its list, with the same line. */
export interface Sites {
  readonly shop: Site;
  readonly account: Site;
  readonly login: Site;
  readonly third: Site;
  /** Somebody else's, without the line. */
  readonly service: Site;
}

export async function startSites(server: Server): Promise<Sites> {
  const line = await scriptLine(server);
  const third = await Site.start({ '/': PAGES }, { line });
  const login = await Site.start({ '/': PAGES }, { line });
  const service = await Site.start({ '/': PAGES }, { other: login.origin });
  const account = await Site.start({ '/': PAGES }, { line, host: 'localhost' });
  const shop = await Site.start({ '/': PAGES }, { line, other: account.origin });
  await server.api('PUT', '/api/cobrowse/settings', {
    mode: 'marked_and_inputs',
    rules: [],
    origins: [shop.origin, account.origin, login.origin],
  });
  return { shop, account, login, third, service };
}

export async function stopSites(sites: Sites): Promise<void> {
  for (const each of Object.values(sites)) await (each as Site).stop();
}

/** A customer on the page with the ways out, who has read over which sites sharing goes on. */
export async function shared(
  page: Page,
  server: Server,
  session: string,
  { shop, account }: Sites,
): Promise<{ tap: Tap; inside: Inside }> {
  const inside = await Inside.of(page);
  const tap = new Tap(page, server.origin);
  const { code } = await server.invite(session);
  await page.goto(`${shop.origin}/moves.html#sightline-${code}`);
  await inside.press('Next');
  await inside.reads(`If you go on to ${new URL(account.origin).host}`);
  await inside.press('Share this page');
  await firstFrame(tap);
  return { tap, inside };
}

export async function tabsOf(looker: Looker): Promise<SeenTab[]> {
  const { tabs } = await looker.heard(({ type }) => type === 'tabs');
  return tabs as SeenTab[];
}

/**
 * Where a tab is, as it says itself. Everything that happened in it before is known to the test by
 * then, as what its sockets heard.
 */
export function addressOf(page: Page): Promise<string> {
  return page.evaluate(() => location.href);
}

/** Waits until the agent is shown a page of this origin, in the same tab as ever. */
export async function arrives(looker: Looker, origin: string, before: number): Promise<number> {
  await expect
    .poll(async () => {
      const [first, ...more] = await tabsOf(looker);
      return [first?.tab, first?.url.startsWith(origin), first?.left ?? null, more.length];
    })
    .toEqual([1, true, null, 0]);
  await expect
    .poll(async () => (await looker.frames()).filter(({ snapshot }) => snapshot).length)
    .toBeGreaterThan(before);
  return (await looker.frames()).filter(({ snapshot }) => snapshot).length;
}
