import type { Page } from '@playwright/test';
import type { Inside } from '../src/cobrowse/inside';
import { Looker } from '../src/cobrowse/looker';
import { sentOn } from '../src/cobrowse/site';
import {
  addressOf,
  arrives,
  MARK,
  shared,
  startSites,
  stopSites,
  tabsOf,
} from '../src/cobrowse/sites';
import { expect, test } from '../src/test';

/** A link that a person clicks, made for the test. */
async function click(
  page: Page,
  href: string,
  more: Record<string, string> = {},
  how: Parameters<ReturnType<Page['locator']>['click']>[0] = {},
): Promise<void> {
  await page.evaluate(
    ([to, attributes]) => {
      const link = document.createElement('a');
      link.id = 'way';
      link.textContent = 'this way';
      link.href = to;
      for (const [name, value] of Object.entries(attributes)) link.setAttribute(name, value);
      document.body.prepend(link);
    },
    [href, more] as const,
  );
  await page.locator('#way').click(how);
}

/** A form, sent by its button or by a script. */
async function send(
  page: Page,
  how: 'button' | 'image' | 'script',
  action: string | null,
  method: string,
): Promise<void> {
  await page.evaluate(
    ([by, to, verb]) => {
      const form = document.createElement('form');
      form.id = 'way';
      form.method = verb ?? '';
      if (to !== null) form.setAttribute('action', to ?? '');
      // A field of this name hides the form's own function.
      form.innerHTML = '<input name="submit" value="x"><input id="press" type="submit">';
      const press = form.querySelector<HTMLInputElement>('#press');
      if (by === 'image') press?.setAttribute('type', 'image');
      document.body.prepend(form);
      if (by === 'script') HTMLFormElement.prototype.submit.call(form);
    },
    [how, action, method] as const,
  );
  if (how !== 'script') await page.locator('#press').click();
}

/** Waits until the tab has a ticket at hand for itself and one for a new tab. */
async function ready(inside: Inside): Promise<void> {
  await expect
    .poll(() => {
      const since = inside.notices.findLastIndex(({ type }) => type === 'ready');
      const tickets = inside.notices.slice(since).filter(({ type }) => type === 'ticket');
      return new Set(tickets.map(({ fresh }) => fresh)).size;
    })
    .toBe(2);
}

test('every way to another of the company’s sites takes the session along', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Ways');
  const sites = await startSites(server);
  const { shop, account, login } = sites;
  const customer = await person();
  const { tap, inside } = await shared(customer, server, session, sites);
  const looker = await Looker.open(await person(), server, session);
  let snapshots = await arrives(looker, shop.origin, 0);
  const resumed = (): number => inside.notices.filter(({ type }) => type === 'resumed').length;
  const target = (site: { origin: string }): string => `${site.origin}/second.html`;
  const over = (...through: { origin: string }[]): string => sentOn(target(account), ...through);
  type Ways = Record<string, { go: () => Promise<unknown>; at?: { origin: string } }>;
  const byName: Ways = {
    'a link with a fragment of its own': { go: () => click(customer, `${over(shop)}#part`) },
    'a redirect with a fragment of its own': {
      go: () => click(customer, sentOn(`${target(account)}#part`, shop)),
    },
    'a foreign service without our line that posts its visitors on': {
      go: () => click(customer, sentOn(`${sites.service.origin}/post-on.html`, shop)),
      at: login,
    },
    'an address that is typed': { go: () => customer.goto(target(account)) },
    'an address of the site that sends on': { go: () => customer.goto(over(shop)) },
  };
  const byFragment: Ways = {
    'a link that its own server sends on': { go: () => click(customer, over(shop)) },
    'a link over three servers': { go: () => click(customer, over(shop, login, shop)) },
    'a link to one site that sends on to another': {
      go: () => click(customer, sentOn(target(login), account)),
      at: login,
    },
    'a script that goes to a redirect': {
      go: () => customer.evaluate((to) => location.assign(to), over(shop)),
    },
    'a script that opens a page in this tab': {
      go: () => customer.evaluate((to) => open(to, '_self'), over(shop)),
    },
    'a form that its own server sends on': {
      go: () => send(customer, 'button', over(shop), 'post'),
    },
    'a form that is sent by a picture': {
      go: () => send(customer, 'image', target(account), 'get'),
    },
    'a form that a script sends elsewhere': {
      go: () => send(customer, 'script', target(account), 'post'),
    },
    'a form that a script sends to its own server': {
      go: () => send(customer, 'script', over(shop), 'post'),
    },
    'a page that sends on by itself': {
      go: () =>
        customer.evaluate((to) => {
          const meta = document.createElement('meta');
          meta.httpEquiv = 'refresh';
          meta.content = `0;url=${to}`;
          document.head.append(meta);
        }, target(account)),
    },
  };
  const walk = async (ways: Ways): Promise<void> => {
    for (const [what, { go, at = account }] of Object.entries(ways)) {
      await test.step(what, async () => {
        await ready(inside);
        const before = resumed();
        await go();
        snapshots = await arrives(looker, at.origin, snapshots);
        // The tab itself is asked first: what the test hears of it may be later than what the agent sees.
        expect((await addressOf(customer)).replace(/[?#].*/, ''), what).toBe(target(at));
        expect(resumed(), what).toBe(before + 1);
        await ready(inside);
        await customer.goto(`${shop.origin}/moves.html`);
        snapshots = await arrives(looker, shop.origin, snapshots);
      });
    }
  };
  await walk(byName);
  // A name that the site gives the tab is its own, and all that is left is the fragment.
  await ready(inside);
  await customer.evaluate(() => {
    window.name = 'the site’s own';
  });
  await walk(byFragment);
  expect(await customer.evaluate(() => window.name)).toBe('the site’s own');

  // Where the way ends at its beginning, the place there is still good and nothing is asked for.
  for (const way of [sentOn(target(shop), shop), sentOn(target(shop), shop, account)]) {
    await ready(inside);
    const before = resumed();
    await click(customer, way);
    snapshots = await arrives(looker, shop.origin, snapshots);
    expect(await addressOf(customer)).toBe(target(shop));
    expect(resumed()).toBe(before);
  }
  // A form without an action goes to its own page, and what a person wants there is untouched.
  await ready(inside);
  await send(customer, 'button', null, 'post');
  snapshots = await arrives(looker, shop.origin, snapshots);
  expect(await addressOf(customer)).toBe(target(shop));

  const asked = [shop, account, login].flatMap((site) => site.asked);
  expect(asked.join(' '), 'no server has seen a ticket').not.toContain(MARK);
  expect([...tap.leaks()]).toEqual([]);
  await stopSites(sites);
});

test('a redirect to a foreign site takes a ticket there that is worth nothing', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Ways');
  const sites = await startSites(server);
  const { shop, third } = sites;
  const customer = await person();
  const { tap, inside } = await shared(customer, server, session, sites);
  // The foreign page has no line of ours: what it sees is what a stranger sees.
  await ready(inside);
  await click(customer, sentOn(`${third.origin}/shop.css`, shop));
  await customer.waitForURL(({ origin }) => origin === third.origin);
  const ticket = /sightline-move=(\w+)/.exec(customer.url())?.[1];
  expect(ticket, 'the control: the stranger has it').toBeDefined();
  const frames = tap.frames().length;
  const { tenant } = (await server.api('GET', '/api/cobrowse/settings')) as { tenant: string };
  const show = (page: Page): Promise<string> =>
    page.evaluate(
      ([url, tenant, shown]) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url as string);
          socket.onopen = () =>
            socket.send(JSON.stringify({ type: 'resume', tenant, ticket: shown }));
          socket.onmessage = ({ data }) => resolve(data as string);
        }),
      [`${server.origin.replace('http', 'ws')}/api/cobrowse/tab`, tenant, ticket],
    );
  expect(await show(customer)).toContain('invalid_code');
  // Used up by the stranger, it is worth nothing on the company's own sites either.
  await customer.goto(`${shop.origin}/shop.css`);
  expect(await show(customer)).toContain('invalid_code');
  expect(tap.frames().length).toBe(frames);
  await stopSites(sites);
});

test('a site that the customer has not read of is not gone on with, also when it is on the list', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Ways');
  const sites = await startSites(server);
  const { shop, account, login, third } = sites;
  const customer = await person();
  const { tap, inside } = await shared(customer, server, session, sites);
  await server.api('PUT', '/api/cobrowse/settings', {
    mode: 'marked_and_inputs',
    rules: [],
    origins: [shop.origin, account.origin, login.origin, third.origin],
  });
  await tap.heard('rules');
  await ready(inside);
  await click(customer, sentOn(`${third.origin}/second.html`, shop));
  await inside.reads('Sharing did not come along');
  expect(await addressOf(customer)).toBe(`${third.origin}/second.html`);
  expect([...tap.arrived()]).toEqual(['PUB011Q']);
  expect(inside.notices.filter(({ type }) => type === 'resumed')).toEqual([]);
  await stopSites(sites);
});

test('new tabs that a page opens ask for themselves, whatever way they take', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Ways');
  const sites = await startSites(server);
  const { shop, account } = sites;
  const customer = await person();
  const { inside } = await shared(customer, server, session, sites);
  const looker = await Looker.open(await person(), server, session);
  await expect.poll(async () => (await tabsOf(looker)).length).toBe(1);
  const opened = (): number => inside.notices.filter(({ type }) => type === 'ready').length;
  const there = `${account.origin}/second.html`;
  const ways: Record<string, () => Promise<unknown>> = {
    'window.open': () => customer.evaluate((to) => void open(to), there),
    'window.open with a name and a size': () =>
      customer.evaluate((to) => void open(to, 'help', 'width=400,height=700'), there),
    'window.open over a redirect': () =>
      customer.evaluate((to) => void open(to), sentOn(there, shop)),
    'window.open of its own site, alone': () =>
      customer.evaluate((to) => void open(to, '', 'noopener'), `${shop.origin}/second.html`),
    'a link to its own site, alone': () =>
      click(customer, `${shop.origin}/second.html`, { target: '_blank' }),
    'a link that is opened beside': () => click(customer, there, {}, { modifiers: ['Control'] }),
    'a link under the middle button': () => click(customer, there, {}, { button: 'middle' }),
  };
  for (const [what, go] of Object.entries(ways)) {
    await test.step(what, async () => {
      await ready(inside);
      const opening = customer.context().waitForEvent('page');
      await go();
      const tab = await opening;
      await expect
        .poll(() => tab.evaluate(() => document.querySelector('sightline-panel') !== null))
        .toBe(true);
      await tab.waitForURL(/second\.html$/);
      await looker.caughtUp();
      expect((await tabsOf(looker)).length, 'nothing of it before the customer agrees').toBe(1);
      await tab.close();
      // The next one needs another ticket; a page that comes again has all of them.
      const before = opened();
      await customer.goto(`${shop.origin}/moves.html`);
      await expect.poll(opened).toBe(before + 1);
    });
  }
  await stopSites(sites);
});

test('what a page makes of its own fragment is what it would make without us', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Ways');
  const sites = await startSites(server);
  const { shop, account } = sites;
  const customer = await person();
  const { inside } = await shared(customer, server, session, sites);
  const looker = await Looker.open(await person(), server, session);
  let snapshots = await arrives(looker, shop.origin, 0);
  const seen = (): Promise<{ target: string | null; last: string; scrolled: boolean }> =>
    customer.evaluate(() => ({
      target: document.querySelector(':target')?.id ?? null,
      last: (window as unknown as { routes: string[] }).routes.at(-1) ?? '',
      scrolled: scrollY > 1_000,
    }));
  const ways: readonly [string, { origin: string }, object][] = [
    [
      `${account.origin}/hash.html#part`,
      account,
      { target: 'part', last: '#part', scrolled: true },
    ],
    [`${account.origin}/hash.html`, account, { target: null, last: '', scrolled: false }],
    [`${shop.origin}/hash.html#part`, shop, { target: 'part', last: '#part', scrolled: true }],
    [`${shop.origin}/hash.html`, shop, { target: null, last: '', scrolled: false }],
  ];
  for (const [href, at, expected] of ways) {
    await ready(inside);
    await click(customer, href);
    snapshots = await arrives(looker, at.origin, snapshots);
    expect(await addressOf(customer)).toBe(href);
    await expect.poll(seen, { message: href }).toEqual(expected);
    // One step of the browser's history, as the link is one.
    await customer.goBack();
    await expect.poll(() => customer.url()).toBe(`${shop.origin}/moves.html`);
    snapshots = await arrives(looker, shop.origin, snapshots);
  }
  // A place in the same page is gone to without a ticket, and without loading the page again.
  await ready(inside);
  await customer.evaluate(() => Object.assign(window, { stayed: true }));
  await click(customer, `${shop.origin}/moves.html#get`);
  await customer.waitForFunction(() => location.hash === '#get');
  expect(await addressOf(customer)).toBe(`${shop.origin}/moves.html#get`);
  expect(await customer.evaluate(() => 'stayed' in window)).toBe(true);
  await stopSites(sites);
});
