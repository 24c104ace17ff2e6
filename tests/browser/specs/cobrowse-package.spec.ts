import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Site } from '../src/cobrowse/site';
import { scriptLine, share } from '../src/cobrowse/visit';
import { WEB } from '../src/paths';
import { expect, test } from '../src/test';

const PAGES = fileURLToPath(new URL('../pages/plain', import.meta.url));

test('the npm package does what the one line of code does', async ({ startServer, person }) => {
  const server = await startServer();
  await server.signInHere();
  const tenant = /data-tenant="([^"]+)"/.exec(await scriptLine(server))?.[1] ?? '';
  const options = JSON.stringify({ host: server.origin, tenant });
  const line = `<script type="module">import { sightline } from '/package/index.js'; sightline(${options})</script>`;
  const folders = { '/package/': join(WEB, '../packages/cobrowse/dist/package'), '/': PAGES };
  const site = await Site.start(folders, { line });
  const customer = await person();
  const tap = await share(
    customer,
    server,
    await server.createSession('Package'),
    `${site.origin}/shop.html`,
  );
  expect([...tap.arrived()]).toContain('PUB001Q');
  expect([...tap.leaks()]).toEqual([]);
  await customer.locator('#second').click();
  await expect.poll(() => tap.arrived().has('PUB002Q')).toBe(true);
  // Control: what is loaded when the customer starts came from the site itself, not from the server.
  expect(site.asked).toContain('/package/full.js');
  expect(tap.sent.filter((each) => each.includes('/co.js') || each.includes('/co/'))).toEqual([]);
  await site.stop();
});
