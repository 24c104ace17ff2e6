import { Agent } from '../src/agent';
import { Inside } from '../src/cobrowse/inside';
import { Looker } from '../src/cobrowse/looker';
import {
  addressOf,
  arrives,
  MARK,
  shared,
  startSites,
  stopSites,
  tabsOf,
} from '../src/cobrowse/sites';
import { Tap } from '../src/cobrowse/tap';
import { expect, test } from '../src/test';

test('the session follows the customer over the company’s sites, as the same tab', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Sites');
  const sites = await startSites(server);
  const { shop, account } = sites;
  const customer = await person();
  const { tap, inside } = await shared(customer, server, session, sites);
  const looker = await Looker.open(await person(), server, session);
  let snapshots = await arrives(looker, shop.origin, 0);
  const [{ page: firstPage } = { page: 0 }] = await tabsOf(looker);
  const to = async (origin: string, go: () => Promise<unknown>): Promise<void> => {
    await go();
    snapshots = await arrives(looker, origin, snapshots);
    // The tab itself is asked: what this test hears of it may be later than what the agent sees.
    expect(await addressOf(customer)).not.toContain(MARK);
  };
  const tickets = (): string[] =>
    inside.notices.flatMap(({ type, ticket }) =>
      type === 'ticket' && typeof ticket === 'string' ? [ticket] : [],
    );
  const resumed = (): number => inside.notices.filter(({ type }) => type === 'resumed').length;
  /** The same with a ticket: where a tab has been it would come back without one. */
  const follows = async (origin: string, go: () => Promise<unknown>): Promise<void> => {
    const before = resumed();
    await to(origin, go);
    expect(resumed()).toBe(before + 1);
  };
  const back = (): Promise<unknown> => customer.goto(`${shop.origin}/moves.html`);

  await follows(account.origin, () => customer.locator('#link').click());
  expect(await addressOf(customer)).toBe(`${account.origin}/second.html?a=1#part`);
  const [{ page: secondPage } = { page: 0 }] = await tabsOf(looker);
  expect(secondPage, 'another document, without the drawings of the first').not.toBe(firstPage);
  await inside.reads('sees this page');
  expect([...tap.arrived()]).toEqual(expect.arrayContaining(['PUB011Q', 'PUB002Q']));
  // By script, to a site where the tab has been, and with the browser's own button.
  await follows(shop.origin, () =>
    customer.evaluate((url) => location.assign(url), `${shop.origin}/moves.html`),
  );
  await to(account.origin, () => customer.goBack());
  await follows(shop.origin, back);
  await follows(account.origin, () => customer.locator('#find').click());
  expect(await addressOf(customer)).toBe(`${account.origin}/second.html?q=lamp`);
  await follows(shop.origin, back);
  await follows(account.origin, () => customer.locator('#send').click());
  expect(await addressOf(customer)).toBe(`${account.origin}/second.html`);

  // A ticket is in no request, and in nothing that the agent gets; used up it is worth nothing.
  expect(tickets().length).toBeGreaterThan(resumed());
  const told = JSON.stringify([await looker.frames(), await looker.notices()]);
  for (const each of tickets()) expect(told).not.toContain(each);
  expect([...shop.asked, ...account.asked].join(' ')).not.toContain(MARK);
  expect([...tap.leaks()]).toEqual([]);
  const thief = await person();
  const theirs = await Inside.of(thief);
  const stolen = new Tap(thief, server.origin);
  await thief.goto(`${account.origin}/second.html#${MARK}=${tickets()[0]}`);
  await theirs.reads('Sharing did not come along');
  expect(await addressOf(thief)).toBe(`${account.origin}/second.html`);
  expect(stolen.frames()).toEqual([]);
  await stopSites(sites);
});

test('a site that is not the company’s is not followed, gets no ticket, and is not named', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  const page = await person();
  // One person at the dashboard, whose cookie the test's own requests have as well.
  const [name = '', value = ''] = (await server.signInHere()).split('=');
  await page.context().addCookies([{ name, value, url: server.origin }]);
  await page.goto(server.origin);
  const session = await new Agent(page).startSession('Sites');
  const sites = await startSites(server);
  const { shop, account, third } = sites;
  const customer = await person();
  const { tap } = await shared(customer, server, session, sites);
  const replay = page.frameLocator('[data-testid=replay]').frameLocator('iframe[style*=visible]');
  await expect(replay.locator('h1')).toHaveText('Ways out PUB011Q');

  const leave = (href: string): Promise<unknown> =>
    customer.evaluate((url) => {
      const link = document.querySelector<HTMLAnchorElement>('#link');
      if (link !== null) link.href = url;
      link?.click();
    }, href);
  await leave(`${third.origin}/second.html`);
  await customer.waitForURL(`${third.origin}/second.html`);
  const note = page.getByTestId('page-left');
  await expect(note).toContainText('went to another site');
  await expect(note).not.toContainText(new URL(third.origin).port);
  await expect(page.getByTestId('page-ask-there')).toHaveCount(0);
  await customer.waitForFunction(() => 'Sightline' in window);
  expect(await customer.evaluate(() => document.querySelector('sightline-panel'))).toBeNull();
  // The request for the script of that page names it, as every request does; what we say does not.
  const said = tap.sent.map((each) => `${each}`).filter((each) => !each.startsWith(server.origin));
  expect(said.some((each) => each.includes(third.origin))).toBe(false);
  await page.screenshot({ path: file('left.png') });
  await customer.goBack();
  await expect(note).toHaveCount(0);
  await expect(replay.locator('h1')).toHaveText('Ways out PUB011Q');

  // One of the company's that was put on the list after the customer agreed: named, not followed.
  await server.api('PUT', '/api/cobrowse/settings', {
    mode: 'marked_and_inputs',
    rules: [],
    origins: [shop.origin, account.origin, third.origin],
  });
  await tap.heard('rules');
  await leave(`${third.origin}/second.html`);
  await expect(note).toContainText(`went to ${new URL(third.origin).host}`);
  await page.getByTestId('page-ask-there').click();
  await expect(note).toContainText(/\d{3} \d{3}/);
  await page.screenshot({ path: file('ask-there.png') });
  const code = /(\d{3}) (\d{3})/.exec((await note.textContent()) ?? '');
  await customer.waitForURL(`${third.origin}/second.html`);
  const again = await Inside.of(customer);
  await customer.evaluate((hash) => {
    location.hash = hash;
  }, `sightline-${code?.[1]}${code?.[2]}`);
  await again.press('Next');
  await again.press('Share this page');
  await expect(replay.getByText('The second page. PUB002Q')).toBeVisible();
  await expect(page.getByTestId('page-tab'), 'the tab that is gone is not there').toHaveCount(1);
  await stopSites(sites);
});

test('a tab that is opened on another of the sites asks for itself, with one button', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Sites');
  const sites = await startSites(server);
  const customer = await person({ viewport: { width: 360, height: 740 } });
  await shared(customer, server, session, sites);
  const looker = await Looker.open(await person(), server, session);
  await expect.poll(async () => (await tabsOf(looker)).length).toBe(1);
  const opening = customer.context().waitForEvent('page');
  await customer.locator('#blank').click();
  const second = await opening;
  const inside = await Inside.of(second);
  await inside.reads('wants to see this page with you');
  expect(await addressOf(second)).toBe(`${sites.account.origin}/second.html`);
  await second.screenshot({ path: file('asks-360.png') });
  await looker.caughtUp();
  expect((await tabsOf(looker)).length, 'nothing of it before the customer agrees').toBe(1);
  await inside.press('Share this page');
  await expect
    .poll(async () => (await tabsOf(looker)).map(({ url }) => url.replace(/\/[^/]*$/, '')))
    .toEqual([sites.shop.origin, sites.account.origin]);
  await stopSites(sites);
});
