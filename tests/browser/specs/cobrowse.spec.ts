import { fileURLToPath } from 'node:url';
import { Agent } from '../src/agent';
import { settled } from '../src/cobrowse/settle';
import { Site } from '../src/cobrowse/site';
import { scriptLine, share } from '../src/cobrowse/visit';
import { expect, test } from '../src/test';

const PAGES = fileURLToPath(new URL('../pages/plain', import.meta.url));

test('one line of code: a page of another origin is seen by the agent, and nothing private', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Shop');
  const site = await Site.start({ '/': PAGES }, { line: await scriptLine(server) });
  const customer = await person();
  const tap = await share(customer, server, session, `${site.origin}/shop.html`);

  const page = await person();
  const agent = await Agent.colleague(page, server);
  await agent.page.locator(`a[href="#/session/${session}"]`).click();
  await expect(page.getByTestId('stage')).toHaveAttribute('data-view', 'page');
  const replay = page.frameLocator('[data-testid=replay]').frameLocator('iframe[style*=visible]');
  await expect(replay.locator('h1')).toHaveText('Corner shop');
  await expect(replay.getByText('Welcome to the shop')).toBeVisible();
  await page.screenshot({ path: file('agent.png') });
  await customer.screenshot({ path: file('customer.png') });

  await customer.locator('#plus').click();
  await expect(replay.getByText('Row 1')).toBeVisible();
  await customer.locator('#name').fill('ZSEC009Q');
  await settled(customer);
  expect([...tap.leaks()]).toEqual([]);
  expect([...tap.arrived()]).toContain('PUB001Q');

  // The session goes on on the next page.
  await customer.locator('#second').click();
  await expect(replay.getByText('The second page')).toBeVisible();
  await customer.reload();
  await expect(replay.getByText('The second page')).toBeVisible();
  expect([...tap.leaks()]).toEqual([]);
  await site.stop();
});
