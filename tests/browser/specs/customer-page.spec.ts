import { gzipSync } from 'node:zlib';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { Agent } from '../src/agent';
import { clip } from '../src/clip';
import { Customer } from '../src/customer';
import { expect, test } from '../src/test';

const PHONE = { width: 360, height: 740 };
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(LEVELS).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

/** How far the page is wider than the screen, in pixels. */
const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test('the page is small, fits a phone and can be used by everybody', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('A phone');
  const { link } = await agent.customerInvite();
  const page = await person({ camera: clip().path, viewport: PHONE, mobile: true });
  const scripts: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.body());
  });
  const customer = await Customer.open(page, link);

  expect(await faults(page), 'arrival').toEqual([]);
  expect(await overflow(page), 'arrival').toBe(0);
  await page.screenshot({ path: file('arrive.png') });

  await customer.allow();
  await agent.live();
  await expect(customer.button('Pause')).toBeVisible();
  await agent.watch();
  await agent.choose('circle');
  await agent.drag([0.45, 0.5], [0.52, 0.5]);
  await expect(await agent.marks()).toHaveAttribute('data-status', 'tracking');
  expect(await faults(page), 'live').toEqual([]);
  expect(await overflow(page), 'live').toBe(0);
  await page.screenshot({ path: file('live.png') });

  // Controls sit in the lower third and are large enough for a thumb.
  for (const name of ['Pause', 'End']) {
    const box = await customer.button(name).boundingBox();
    expect(box?.y, name).toBeGreaterThan((PHONE.height * 2) / 3);
    expect(Math.min(box?.width ?? 0, box?.height ?? 0), name).toBeGreaterThanOrEqual(48);
  }

  const bytes = (await Promise.all(scripts)).map((script) => gzipSync(script).length);
  expect(bytes.length).toBeGreaterThan(0);
  expect(
    bytes.reduce((sum, size) => sum + size, 0),
    'script, compressed',
  ).toBeLessThanOrEqual(60 * 1024);

  // Control: the checker finds what is put there for it to find.
  await page.evaluate(() => document.body.append(document.createElement('button')));
  expect((await faults(page)).join()).toContain('button-name');
});

test('everything can be reached and done by keyboard', async ({ startServer, person }) => {
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('Keyboard');
  const { code } = await agent.customerInvite();
  const page = await person({ camera: clip().path, viewport: PHONE });
  await page.goto(`${server.origin}/join`);

  const focus = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return '';
      const style = getComputedStyle(element);
      const visible = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
      return `${element.getAttribute('aria-label') ?? element.textContent?.trim()}${visible ? '' : ' (focus not visible)'}`;
    });
  const tabTo = async (name: RegExp) => {
    // What the agent sees says nothing of what this page shows by now.
    await expect(page.getByRole('button', { name })).toBeVisible();
    for (let i = 0; i < 20; i++) {
      const at = await focus();
      if (name.test(at)) return expect(at).not.toContain('not visible');
      await page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach ${name}`);
  };

  const field = page.getByRole('textbox');
  await expect(field).toBeVisible();
  await field.focus();
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  await expect(new Customer(page).allowButton).toBeVisible();
  await tabTo(/^Show my camera$/);
  await page.keyboard.press('Enter');
  await agent.live();

  await tabTo(/^Pause$/);
  await page.keyboard.press('Space');
  await expect(agent.stage).toHaveAttribute('data-view', 'paused');
  await tabTo(/^Go on$/);
  await page.keyboard.press('Space');
  await agent.live();
  await tabTo(/open the chat/i);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox')).toBeFocused();
  await page.keyboard.type('Can you see it?');
  await page.keyboard.press('Enter');
  await agent.page.getByTestId('panel-chat').click();
  await expect(agent.page.getByTestId('chat-message')).toContainText('Can you see it?');
  await page.keyboard.press('Escape');
  await tabTo(/^End$/);
  await page.keyboard.press('Enter');
  await tabTo(/^End now$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'The session is over' })).toBeVisible();
});
