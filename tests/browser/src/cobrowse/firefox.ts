import { openFirefox } from '../firefox';
import type { Server } from '../server';
import { drive } from './drive';
import { until } from './settle';
import { framedSites, Site } from './site';
import { accept, scriptLine } from './visit';
import { Wire } from './wire';

/**
 * Drives hostile pages in Firefox, in tabs of one window, and looks at every byte that goes to the
 * server. Says what leaked or is missing, and what the same wire shows of a page that tells its secret.
 */
export async function hostileInFirefox(
  server: Server,
  folder: string,
  names: readonly string[],
): Promise<{ problems: string[]; leaks: number; missing: number; control: string[] }> {
  await server.signInHere();
  const wire = await Wire.start(server.origin);
  const line = (await scriptLine(server)).replaceAll(server.origin, wire.origin);
  const [site, other] = await framedSites(folder, line, wire.origin);
  const { browser, page } = await openFirefox();
  const problems: string[] = [];
  let [leaks, missing] = [0, 0];
  try {
    const session = await server.createSession('Firefox');
    const { code } = await server.invite(session);
    await page.goto(`${site.origin}/frame.html#sightline-${code}`);
    await accept(page, wire);
    for (const name of names) {
      const found = await drive(page, wire, `${site.origin}/${name}`);
      leaks += found.secrets.length;
      missing += found.missing.length;
      if (found.secrets.length + found.missing.length > 0)
        problems.push(
          `${name}: leaked ${found.secrets.join(' ') || 'nothing'}; missing ${found.missing.join(' ') || 'nothing'}`,
        );
    }
    const from = wire.sent.length;
    await page.evaluate(`fetch('${wire.origin}/co.js?ZSEC999Q').then(() => true)`);
    return { problems, leaks, missing, control: [...wire.leaks(from)] };
  } finally {
    await browser.close();
    await site.stop();
    await other.stop();
    await wire.stop();
  }
}

/**
 * Goes from one of a company's sites to the other in Firefox, which has no Navigation API in Debian's
 * version: by a link, and by a form with POST. Says where it came and whether the page was sent there.
 */
export async function followedInFirefox(
  server: Server,
  folder: string,
): Promise<{ urls: string[]; resumed: number; snapshots: boolean[]; asked: string }> {
  await server.signInHere();
  const wire = await Wire.start(server.origin);
  const line = (await scriptLine(server)).replaceAll(server.origin, wire.origin);
  const account = await Site.start({ '/': folder }, { line });
  const shop = await Site.start({ '/': folder }, { line, other: account.origin });
  const origins = [shop.origin, account.origin];
  const rules = { mode: 'marked_and_inputs', rules: [], origins };
  await server.api('PUT', '/api/cobrowse/settings', rules);
  const { browser, page } = await openFirefox();
  const urls: string[] = [];
  const snapshots: boolean[] = [];
  try {
    const { code } = await server.invite(await server.createSession('Firefox'));
    await page.goto(`${shop.origin}/moves.html#sightline-${code}`);
    await accept(page, wire);
    for (const way of ['#link', '#send']) {
      const from = wire.sent.length;
      await page.evaluate(`document.querySelector('${way}').click()`);
      await until('the other site', async () => page.url().startsWith(account.origin));
      const hasSnapshot = (): boolean => wire.sent.slice(from).some((each) => each[0] === 1);
      await until('a snapshot', async () => hasSnapshot());
      snapshots.push(hasSnapshot());
      urls.push(page.url().slice(account.origin.length));
      if (way === '#link') {
        const before = wire.sent.length;
        await page.goto(`${shop.origin}/moves.html`);
        await until('a snapshot', async () =>
          wire.sent.slice(before).some((each) => each[0] === 1),
        );
      }
    }
    const resumed = wire.notices.filter(({ type }) => type === 'resumed').length;
    return { urls, resumed, snapshots, asked: [...shop.asked, ...account.asked].join(' ') };
  } finally {
    await browser.close();
    await shop.stop();
    await account.stop();
    await wire.stop();
  }
}
