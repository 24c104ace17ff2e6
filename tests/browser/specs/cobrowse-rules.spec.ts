import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { Agent } from '../src/agent';
import { numberOf } from '../src/cobrowse/attacks';
import { Inside } from '../src/cobrowse/inside';
import { Looker } from '../src/cobrowse/looker';
import { Site } from '../src/cobrowse/site';
import { Tap } from '../src/cobrowse/tap';
import { accept, scriptLine, share } from '../src/cobrowse/visit';
import { expect, test } from '../src/test';

const PAGES = fileURLToPath(new URL('../pages/plain', import.meta.url));

/** The last whole page that left a tab. */
const last = (tap: Tap): string => tap.frames().findLast(({ snapshot }) => snapshot)?.text ?? '';

async function shared(
  page: Page,
  origin: string,
  url: string,
  code: string,
): Promise<{ tap: Tap }> {
  const tap = new Tap(page, origin);
  await page.goto(`${url}#sightline-${code}`);
  await accept(page, tap);
  return { tap };
}

test('an administrator hides something by pointing at it, and running tabs follow', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  // A customer shares a page already, with a colleague who is no administrator.
  const colleague = await person();
  await Agent.colleague(colleague, server);
  await expect(colleague.getByTestId('to-rules')).toHaveCount(0);
  const refused = await colleague.evaluate(async () => {
    const body = JSON.stringify({ mode: 'marked_and_inputs', rules: [], origins: [] });
    const headers = { 'content-type': 'application/json' };
    return (await fetch('/api/cobrowse/settings', { method: 'PUT', headers, body })).status;
  });
  expect(refused, 'the control: not everybody edits rules').toBe(403);

  const admin = await person();
  await Agent.signIn(admin, server);
  const as = (method: string, path: string, body: object) =>
    admin.evaluate(
      async ([method, path, body]) => {
        const headers = { 'content-type': 'application/json' };
        return (
          await fetch(path as string, { method: method as string, headers, body: body as string })
        ).json();
      },
      [method, path, JSON.stringify(body)],
    );
  const { script } = (await admin.evaluate(async () =>
    (await fetch('/api/cobrowse/settings')).json(),
  )) as { script: string };
  const site = await Site.start({ '/': PAGES }, { line: script });
  const { id } = (await as('POST', '/api/sessions', { title: 'Running' })) as { id: string };
  const { code } = (await as('POST', `/api/sessions/${id}/invites`, {
    role: 'customer',
    surface: 'page',
  })) as { code: string };
  const customer = await person();
  const { tap } = await shared(customer, server.origin, `${site.origin}/shop.html`, code);
  await expect.poll(() => last(tap)).toContain('Welcome to the shop');

  // The editor: a page of the site in a tab of the administrator's own.
  await admin.getByTestId('to-rules').click();
  await admin.getByTestId('rules-address').fill(`${site.origin}/shop.html`);
  await admin.getByTestId('rules-begin').click();
  await admin.screenshot({ path: file('open.png') });
  const link = await admin.getByTestId('rules-open').getAttribute('href');
  const own = await admin.context().newPage();
  const inside = await Inside.of(own);
  await own.goto(link ?? '');
  await inside.press('Next');
  await inside.reads('You are editing rules');
  await inside.press('Share this page');
  await admin.bringToFront();
  const top = admin.frameLocator('[data-testid=replay]');
  const replay = top.frameLocator('iframe[style*=visible]');
  const hello = replay.locator('p', { hasText: 'Welcome to the shop' });
  await expect(hello).toBeVisible();
  const box = await hello.boundingBox();
  if (box === null) throw new Error('the page is not shown');
  await admin.mouse.move(box.x + 20, box.y + 5);
  await expect(top.locator('.outline')).toBeVisible();
  await admin.mouse.click(box.x + 20, box.y + 5);
  const choices = admin.getByTestId('choices');
  await expect(choices).toContainText('Welcome to the shop');
  await expect(admin.getByTestId('choice-no_control')).toHaveCount(0);
  await admin.screenshot({ path: file('choices.png') });
  const { violations } = await new AxeBuilder({ page: admin }).exclude('iframe').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  await admin.getByTestId('choice-mask_one').click();
  const rules = admin.getByTestId('rule');
  await expect(rules).toHaveCount(1);
  await expect(rules.first()).toHaveAttribute('data-hits', '1');
  await expect(rules.first()).toContainText('#hello');

  // The same with the keyboard alone: the paragraph again, by its place in the tree.
  await top.locator('#top').focus();
  await admin.keyboard.press('ArrowDown');
  await admin.keyboard.press('ArrowUp');
  await admin.keyboard.press('Enter');
  await expect(choices).toBeVisible();
  await admin.keyboard.press('Tab');
  await choices.getByRole('button', { name: 'Cancel' }).click();

  // Nothing has changed for the running tab before it is saved.
  expect(last(tap)).toContain('Welcome to the shop');
  await admin.getByTestId('rules-save').click();
  await expect(admin.getByTestId('rules-state')).toContainText('Saved');
  await expect.poll(() => last(tap)).not.toContain('Welcome to the shop');
  expect(last(tap), 'the control: the rest is still shown').toContain('Corner shop');
  await expect(hello).toHaveCount(0);
  await expect(replay.locator('h1')).toHaveText('Corner shop');
  await admin.screenshot({ path: file('saved.png') });

  // Never share this page: nothing of it is left, also for the running tab.
  const heading = await replay.locator('h1').boundingBox();
  if (heading === null) throw new Error('the page is not shown');
  await admin.mouse.click(heading.x + 10, heading.y + 10);
  await admin.getByTestId('choice-block_page').click();
  await admin.getByTestId('rules-save').click();
  await expect.poll(() => last(tap)).not.toContain('Corner shop');
  // Another page of the site is shared as before.
  await customer.locator('#second').click();
  await expect.poll(() => last(tap)).toContain('Corner shop');
  expect(last(tap), 'the first rule holds there too').not.toContain('The second page');

  // The editor's session ends with it.
  await admin.goto(`${server.origin}/#/`);
  await expect(
    admin.locator('[data-testid=session-row][data-phase=ended]', { hasText: 'Editing rules' }),
  ).toBeVisible();
  await site.stop();
});

test('a customer’s tab answers nobody how its elements are called', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Shop');
  const site = await Site.start({ '/': PAGES }, { line: await scriptLine(server) });
  const customer = await person();
  await share(customer, server, session, `${site.origin}/shop.html`);
  const looker = await Looker.open(await person(), server, session);
  const node = await numberOf(customer, '#plus');
  const rule = { action: 'mask', selector: null, text: 'ZSEC001Q', url: null };
  await looker.say({ type: 'pick', id: 1, tab: 1, node });
  await looker.say({ type: 'count', id: 2, tab: 1, rules: [rule] });
  expect(await looker.heard(({ type }) => type === 'picked')).toMatchObject({ picked: null });
  expect(await looker.heard(({ type }) => type === 'counted')).toMatchObject({ hits: [] });
  await site.stop();
});

test('the list of sites is edited in the dashboard, and wrong ones are told at once', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  const admin = await person({ viewport: { width: 360, height: 740 } });
  // One person at the dashboard, whose cookie the test's own requests have as well.
  const [name = '', value = ''] = (await server.signInHere()).split('=');
  await admin.context().addCookies([{ name, value, url: server.origin }]);
  const rule = { action: 'mask', selector: '.card', text: null, url: null };
  const rules = { mode: 'marked_and_inputs', rules: [rule], origins: ['https://shop.example'] };
  await server.api('PUT', '/api/cobrowse/settings', rules);
  await admin.goto(`${server.origin}/#/rules`);
  const sites = admin.getByTestId('site');
  await expect(sites).toHaveText(['https://shop.example']);
  const add = async (typed: string): Promise<void> => {
    await admin.getByTestId('site-field').fill(typed);
    await admin.keyboard.press('Enter');
  };
  const problem = admin.getByTestId('site-problem');
  for (const [typed, said] of [
    ['https://shop.example', 'in the list already'],
    ['account.example/login', 'what follows the host'],
    ['ftp://account.example', 'scheme and host'],
  ] as const) {
    await add(typed);
    await expect(problem).toContainText(said);
  }
  await admin.screenshot({ path: file('problem-360.png'), fullPage: true });
  await add('Account.Example');
  await expect(problem).toHaveCount(0);
  await expect(sites).toHaveText(['https://shop.example', 'https://account.example']);
  await admin.getByTestId('rule-remove').click();
  await admin.getByTestId('rules-save').click();
  await expect(admin.getByTestId('rules-state')).toContainText('is loaded again');
  await admin.screenshot({ path: file('rules-360.png'), fullPage: true });
  const stored = (): Promise<unknown> => server.api('GET', '/api/cobrowse/settings');
  expect(await stored()).toMatchObject({
    rules: { rules: [], origins: ['https://shop.example', 'https://account.example'] },
  });
  await admin.setViewportSize({ width: 1280, height: 800 });
  await sites.first().getByTestId('site-remove').click();
  await admin.getByTestId('rules-save').click();
  await expect(admin.getByTestId('rules-state')).toContainText('Saved. Pages');
  await admin.screenshot({ path: file('rules-1280.png') });
  expect(await stored()).toMatchObject({ rules: { origins: ['https://account.example'] } });
  const { violations } = await new AxeBuilder({ page: admin }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});
