import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { Inside } from '../src/cobrowse/inside';
import { Looker } from '../src/cobrowse/looker';
import { settled } from '../src/cobrowse/settle';
import { Site } from '../src/cobrowse/site';
import { Tap } from '../src/cobrowse/tap';
import { firstFrame, scriptLine, share } from '../src/cobrowse/visit';
import { expect, test } from '../src/test';

const PAGES = fileURLToPath(new URL('../pages/plain', import.meta.url));

interface Tab {
  readonly tab: number;
  readonly front: boolean;
  readonly url: string;
}

/** The tabs that the agent sees. */
async function tabsOf(looker: Looker): Promise<Tab[]> {
  const { tabs } = await looker.heard(({ type }) => type === 'tabs');
  return tabs as Tab[];
}

/** What a browser tells a page that goes behind another tab; without windows no tab ever does. */
async function turn(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((now) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => now });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

/** Waits for the loader, which decides at once whether to begin; it must not have. */
async function loaded(page: Page): Promise<void> {
  await page.waitForFunction(() => 'Sightline' in window);
  expect(await page.evaluate(() => 'sightlineStart' in window), 'the script began').toBe(false);
}

test('several tabs: only those that were shared, and which one is in front', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Tabs');
  const site = await Site.start({ '/': PAGES }, { line: await scriptLine(server) });
  const first = await person();
  await share(first, server, session, `${site.origin}/shop.html`);
  const looker = await Looker.open(await person(), server, session);
  await expect.poll(async () => (await tabsOf(looker)).length).toBe(1);

  // A tab that the page opens asks for itself, and sends nothing before the customer agrees.
  const opening = first.context().waitForEvent('page');
  await first.evaluate(() => window.open('second.html'));
  const second = await opening;
  const tap = new Tap(second, server.origin);
  const inside = await Inside.of(second);
  await second.reload();
  await inside.reads('wants to see this page with you');
  expect(tap.frames()).toEqual([]);
  await looker.caughtUp();
  expect((await tabsOf(looker)).length).toBe(1);
  await turn(first, true);
  await inside.press('Share this page');
  await firstFrame(tap);
  await expect
    .poll(async () =>
      (await tabsOf(looker)).map(({ url, front }) => [new URL(url).pathname, front]),
    )
    .toEqual([
      ['/shop.html', false],
      ['/second.html', true],
    ]);

  // A tab of the same site that nobody shared is not there, and says nothing.
  const third = await first.context().newPage();
  const silent = new Tap(third, server.origin);
  await third.goto(`${site.origin}/shop.html`);
  await loaded(third);
  expect(silent.frames()).toEqual([]);
  await looker.caughtUp();
  expect((await tabsOf(looker)).length).toBe(2);

  await turn(second, true);
  await turn(first, false);
  await expect
    .poll(async () => (await tabsOf(looker)).map(({ front }) => front))
    .toEqual([true, false]);
  await inside.press('Stop sharing');
  await expect.poll(async () => (await tabsOf(looker)).length).toBe(1);
  await site.stop();
});

test('a session survives reload and navigation on the site, and ends its sight elsewhere', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Pages');
  const line = await scriptLine(server);
  const site = await Site.start({ '/': PAGES }, { line });
  const elsewhere = await Site.start({ '/': PAGES }, { line });
  const customer = await person();
  const tap = await share(customer, server, session, `${site.origin}/shop.html`);
  const looker = await Looker.open(await person(), server, session);
  const [{ tab } = { tab: 0 }] = await tabsOf(looker);
  const snapshots = (): number => tap.frames().filter(({ snapshot }) => snapshot).length;
  let before = snapshots();
  const another = async (go: () => Promise<unknown>): Promise<void> => {
    await go();
    await expect.poll(snapshots).toBeGreaterThan(before);
    before = snapshots();
    await expect.poll(async () => (await tabsOf(looker)).map((each) => each.tab)).toEqual([tab]);
  };
  await another(() => customer.reload());
  await another(() => customer.locator('#second').click());
  await another(() => customer.goBack());
  expect([...tap.leaks()]).toEqual([]);
  expect([...tap.arrived()]).toEqual(expect.arrayContaining(['PUB001Q', 'PUB002Q']));
  // Control: on another origin with the same line nothing is sent, whatever this tab did before.
  await settled(customer);
  const from = tap.frames().length;
  await customer.goto(`${elsewhere.origin}/second.html`);
  await loaded(customer);
  expect(tap.frames().length).toBe(from);
  for (const each of [site, elsewhere]) await each.stop();
});

test('a strict content security policy with a nonce is no obstacle', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const nonce = 'bm9uY2Ugb2YgdGhlIHRlc3Q';
  const line = await scriptLine(server);
  const socket = server.origin.replace('http', 'ws');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'self'; img-src 'self'; connect-src 'self' ${socket}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types sightline`;
  const site = await Site.start(
    { '/': PAGES },
    { line: line.replace('<script', `<script nonce="${nonce}"`), policy },
  );
  const session = await server.createSession('Policy');
  const customer = await person();
  const refused: string[] = [];
  await customer.exposeFunction('refused', (what: string) => refused.push(what));
  await customer.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', ({ blockedURI, violatedDirective }) =>
      (window as unknown as { refused: (what: string) => void }).refused(
        `${violatedDirective} ${blockedURI}`,
      ),
    ),
  );
  const tap = await share(customer, server, session, `${site.origin}/second.html`);
  expect([...tap.arrived()]).toContain('PUB002Q');
  await customer.reload();
  await expect.poll(() => tap.frames().filter(({ snapshot }) => snapshot).length).toBe(2);
  expect(refused).toEqual([]);

  // Control: the policy holds; without the nonce the line does nothing.
  const bare = await Site.start({ '/': PAGES }, { line, policy });
  const blocked = await person();
  const said = blocked.waitForEvent('console', (message) =>
    message.text().includes('Content Security Policy'),
  );
  await blocked.goto(`${bare.origin}/second.html#sightline`);
  await said;
  expect(await blocked.evaluate(() => 'Sightline' in window)).toBe(false);
  for (const each of [site, bare]) await each.stop();
});
