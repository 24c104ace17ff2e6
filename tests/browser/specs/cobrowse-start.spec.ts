import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { Agent } from '../src/agent';
import { Inside } from '../src/cobrowse/inside';
import { Site } from '../src/cobrowse/site';
import { Tap } from '../src/cobrowse/tap';
import type { Server } from '../src/server';
import { expect, test } from '../src/test';

const PAGES = fileURLToPath(new URL('../pages/plain', import.meta.url));

/** A customer whose page shows a code. */
async function showsCode(
  page: Page,
  server: Server,
  site: Site,
): Promise<{ inside: Inside; tap: Tap; code: string }> {
  const inside = await Inside.of(page);
  const tap = new Tap(page, server.origin);
  await page.goto(`${site.origin}/shop.html#sightline`);
  await inside.press('Show a code instead');
  const { code } = (await inside.heard('code')) as { code: string };
  return { inside, tap, code };
}

const wrong = (good: string): string => (good === '000000' ? '000001' : '000000');

test('the customer reads a code, agrees to chat, and accepts in the chat', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  const page = await person();
  const agent = await Agent.signIn(page, server);
  const session = await agent.startSession('Shop');
  const site = await Site.start({ '/': PAGES }, { line: await lineFor(page, server) });
  const customer = await person({ viewport: { width: 360, height: 740 } });
  const { inside, tap, code } = await showsCode(customer, server, site);
  await inside.reads(`${code.slice(0, 3)} ${code.slice(3)}`);
  await customer.screenshot({ path: file('code-360.png') });
  await page.screenshot({ path: file('claim.png') });

  const claim = async (typed: string): Promise<void> => {
    await page.getByTestId('claim-code').fill(typed);
    await page.getByTestId('claim-submit').click();
  };
  await claim(wrong(code));
  await expect(page.getByTestId('claim-failed')).toContainText('not valid');
  await claim(`${code.slice(0, 3)} ${code.slice(3)}`);
  await expect(page.getByTestId('claim-done')).toBeVisible();
  await inside.reads('wants to see this page with you');
  await customer.screenshot({ path: file('consent-360.png') });
  // What was taken once is worth nothing: the same answer as for a wrong one.
  const again = await apiClaim(page, session, code);
  expect(again).toEqual(await apiClaim(page, session, wrong(code)));
  expect(again).toMatchObject({ status: 404, body: { code: 'invalid_code' } });

  await inside.press('Only chat');
  await inside.reads('Nobody sees this page');
  await expect(page.getByTestId('veil-here')).toBeVisible();
  await page.getByTestId('panel-chat').click();
  await page.getByTestId('chat-field').fill('Shall we look at it together?');
  await page.getByTestId('chat-send').click();
  await inside.press('Chat · 1');
  await inside.reads('Shall we look at it together?');
  await customer.keyboard.type('Yes, please');
  await customer.keyboard.press('Enter');
  await expect(page.getByTestId('chat-message').getByText('Yes, please')).toBeVisible();
  await customer.screenshot({ path: file('chat-360.png') });
  await page.screenshot({ path: file('offer.png') });
  // Control: nothing of the page has left the tab, though the session is open.
  expect(tap.frames()).toEqual([]);

  await page.getByTestId('chat-offer').click();
  await inside.press('Share this page');
  const stage = page.getByTestId('stage');
  await expect(stage).toHaveAttribute('data-view', 'page');
  const replay = page.frameLocator('[data-testid=replay]').frameLocator('iframe[style*=visible]');
  await expect(replay.locator('h1')).toHaveText('Corner shop');
  expect(tap.frames().length).toBeGreaterThan(0);
  expect([...tap.leaks()]).toEqual([]);
  await expect(page.getByTestId('chat-offer')).toHaveCount(0);
  await customer.screenshot({ path: file('shared-360.png') });
  await page.screenshot({ path: file('page.png') });
  // The next page of the tab still knows its place and its surface: a pause is told to the agent.
  await customer.reload();
  await inside.press('Pause');
  await expect(stage).toHaveAttribute('data-view', 'paused');
  await inside.press('Go on');
  await expect(stage).toHaveAttribute('data-view', 'page');
  await site.stop();
});

test('“show me with your phone”: the phone is the same person in the same session', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  const page = await person();
  const agent = await Agent.signIn(page, server);
  const session = await agent.startSession('Shop');
  const site = await Site.start({ '/': PAGES }, { line: await lineFor(page, server) });
  const customer = await person();
  const { inside, code } = await showsCode(customer, server, site);
  expect((await apiClaim(page, session, code)).status).toBe(204);
  await inside.press('Share this page');
  await expect(page.getByTestId('stage')).toHaveAttribute('data-view', 'page');

  await page.getByTestId('ask-camera').click();
  await inside.reads('would like to see through your phone’s camera');
  await customer.screenshot({ path: file('asks-phone.png') });
  await inside.press('Show the code to scan');
  const { link } = (await inside.heard('phone')) as { link: string };
  await inside.reads('Scan this with your phone');
  await customer.screenshot({ path: file('scan.png') });

  const phone = await person({ viewport: { width: 360, height: 740 }, mobile: true });
  await phone.goto(link);
  const allow = phone.getByRole('button', { name: 'Show my camera', exact: true });
  await expect(allow).toBeVisible();
  // The phone asks for itself: the page's consent is not the camera's.
  await expect(page.getByTestId('surface-tab')).toHaveCount(1);
  await allow.click();
  await inside.reads('Your phone has joined');
  await expect(page.locator('[data-testid=surface-tab][data-kind=camera]')).toBeVisible();
  await expect(page.locator('[data-testid=surface-tab][data-kind=page]')).toBeVisible();
  await page.getByTestId('panel-people').click();
  const customers = page.locator('[data-testid=person][data-role=customer]');
  await expect(customers).toHaveCount(2);
  await expect(customers.nth(1)).toHaveAttribute('data-same-as', /^par_/);
  await page.locator('[data-testid=surface-tab][data-kind=camera]').click();
  await agent.live();
  await page.screenshot({ path: file('phone-live.png') });

  // The link let one phone in, once. Control: it was good a moment ago.
  const second = await person({ viewport: { width: 360, height: 740 }, mobile: true });
  await second.goto(link);
  await expect(second.getByText(/not valid|does not work|expired/i).first()).toBeVisible();
  await site.stop();
});

/** The script element, asked for by the signed-in page. */
async function lineFor(page: Page, server: Server): Promise<string> {
  const { script } = (await page.evaluate(async () =>
    (await fetch('/api/cobrowse/settings')).json(),
  )) as { script: string };
  expect(script).toContain(server.origin);
  return script;
}

async function apiClaim(
  page: Page,
  session: string,
  code: string,
): Promise<{ status: number; body: unknown }> {
  return await page.evaluate(
    async ([path, typed]) => {
      const answer = await fetch(path as string, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: typed }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
    },
    [`/api/sessions/${session}/claims`, code],
  );
}
