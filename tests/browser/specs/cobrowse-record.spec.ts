import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { Agent } from '../src/agent';
import { Inside } from '../src/cobrowse/inside';
import { canariesIn, SECRET } from '../src/cobrowse/scan';
import { Site } from '../src/cobrowse/site';
import type { Server } from '../src/server';
import { expect, test } from '../src/test';

const PAGES = fileURLToPath(new URL('../pages/plain', import.meta.url));

/** Files of kept pages. */
function kept(server: Server): string[] {
  const folder = join(server.data, 'blobs/cobrowse/pages');
  try {
    return readdirSync(folder, { recursive: true })
      .map((name) => join(folder, `${name}`))
      .filter((path) => statSync(path).isFile());
  } catch {
    return [];
  }
}

test('a shared page is kept when the company wants it and the customer was told, and plays again', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  const page = await person();
  const agent = await Agent.signIn(page, server);
  const site = await Site.start({ '/': PAGES }, { line: await lineOf(page) });

  // Control: by default nothing is kept, and the customer reads nothing of it.
  const plain = await agent.startSession('Not kept');
  const first = await visit(await person(), page, plain, site);
  expect(await first.inside.text()).not.toContain('is kept for');
  await first.inside.press('Share this page');
  await expect(page.getByTestId('stage')).toHaveAttribute('data-view', 'page');
  await expect(page.getByTestId('page-tab')).toBeVisible();
  expect(kept(server)).toEqual([]);

  await page.evaluate(async () => {
    const body = JSON.stringify({
      mode: 'marked_and_inputs',
      rules: [],
      origins: [],
      record_days: 3,
    });
    const headers = { 'content-type': 'application/json' };
    await fetch('/api/cobrowse/settings', { method: 'PUT', headers, body });
  });
  // Who agreed before it was switched on was not told, and is not kept.
  await first.customer.locator('#plus').click();
  await first.inside.press('Chat');
  await first.customer.keyboard.type('Hello');
  await first.customer.keyboard.press('Enter');
  await page.getByTestId('panel-chat').click();
  await expect(page.getByTestId('chat-message')).toHaveCount(1);
  expect(kept(server)).toEqual([]);

  await page.goto(`${server.origin}/#/`);
  const session = await agent.startSession('Kept');
  const { customer, inside } = await visit(await person(), page, session, site);
  await inside.reads('is kept for 3 days');
  await customer.screenshot({ path: file('consent.png') });
  await inside.press('Share this page');
  const stage = page.frameLocator('[data-testid=replay]');
  const shown = stage.frameLocator('iframe[style*=visible]');
  await expect(shown.locator('h1')).toHaveText('Corner shop');
  await inside.reads('It is kept');
  await expect(page.getByTestId('page-recorded')).toBeVisible();
  await page.screenshot({ path: file('recorded.png') });
  await page.getByTestId('panel-chat').click();
  await page.getByTestId('chat-field').fill('Press More');
  await page.getByTestId('chat-send').click();
  await page.getByTestId('page-element').click();
  const button = await shown.locator('button', { hasText: 'More' }).boundingBox();
  if (button === null) throw new Error('the page is not shown');
  await page.mouse.click(button.x + 4, button.y + 4);
  await expect(stage.locator('#top svg g[data-shape]')).toHaveCount(1);
  await customer.locator('#name').fill('ZSEC009Q');
  await customer.locator('#plus').click();
  await expect(shown.getByText('Row 1')).toBeVisible();
  await page.getByRole('button', { name: 'End' }).first().click();
  await page.getByRole('button', { name: 'End session' }).click();
  await expect(page.getByTestId('session-over')).toBeVisible();

  const files = kept(server);
  expect(files).toHaveLength(1);
  expect([...canariesIn(readFileSync(files[0] ?? ''), SECRET)]).toEqual([]);

  // The history: the session's row leads to its record.
  await page.getByRole('link', { name: 'Back to your sessions' }).click();
  await page
    .locator('[data-testid=session-row][data-phase=ended]', { hasText: 'Kept' })
    .first()
    .click();
  await expect(page.getByTestId('player')).toBeVisible();
  const again = page.frameLocator('[data-testid=replay]');
  const played = again.frameLocator('iframe[style*=visible]');
  await expect(played.locator('h1')).toHaveText('Corner shop');
  await expect(played.getByText('Row 1')).toHaveCount(0);
  await expect(again.locator('#top svg g[data-shape]')).toHaveCount(0);
  await expect(page.getByTestId('record-chat')).toHaveCount(1);
  await expect(page.getByTestId('record-chat')).toHaveAttribute('data-later', 'true');
  // To the end with the keyboard, one step back: everything is there.
  const time = page.getByTestId('player-time');
  await time.focus();
  await page.keyboard.press('End');
  await expect(page.getByText('Nothing was shared at this moment.')).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(played.getByText('Row 1')).toBeVisible();
  await expect(again.locator('#top svg g[data-shape]')).toHaveCount(1);
  await expect(page.getByTestId('record-chat')).toHaveAttribute('data-later', 'false');
  await expect(again.locator('.pointer'), 'where the customer pointed').toContainText(/Customer/);
  await page.screenshot({ path: file('player.png') });
  await page.setViewportSize({ width: 360, height: 740 });
  await page.screenshot({ path: file('player-360.png'), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  // And it plays by itself from the beginning.
  await page.keyboard.press('Home');
  await expect(played.getByText('Row 1')).toHaveCount(0);
  await page.getByTestId('player-play').click();
  const nothing = page.getByText('Nothing was shared at this moment.');
  await expect(nothing, 'it plays to its end').toBeVisible({ timeout: 60_000 });
  await expect(page.getByTestId('record-chat')).toHaveAttribute('data-later', 'false');

  // Control: of the session that was not kept there is a record without pages.
  await page.goto(`${server.origin}/#/record/${plain}`);
  await expect(page.getByText('Nothing that was seen is kept of this session.')).toBeVisible();
  await expect(page.getByTestId('record-chat')).toHaveCount(1);
  await site.stop();
});

async function lineOf(page: Page): Promise<string> {
  const { script } = (await page.evaluate(async () =>
    (await fetch('/api/cobrowse/settings')).json(),
  )) as { script: string };
  return script;
}

/** A customer who has typed the agent's code and reads the question. */
async function visit(customer: Page, agent: Page, session: string, site: Site) {
  const inside = await Inside.of(customer);
  const { code } = (await agent.evaluate(async (path) => {
    const body = JSON.stringify({ role: 'customer', surface: 'page' });
    const headers = { 'content-type': 'application/json' };
    return (await fetch(path, { method: 'POST', headers, body })).json();
  }, `/api/sessions/${session}/invites`)) as { code: string };
  await customer.goto(`${site.origin}/shop.html#sightline-${code}`);
  await inside.press('Next');
  await inside.reads('wants to see this page with you');
  return { customer, inside };
}
