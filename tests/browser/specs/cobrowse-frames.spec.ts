import { fileURLToPath } from 'node:url';
import type { Frame, Page } from '@playwright/test';
import { Inside } from '../src/cobrowse/inside';
import { settled, until } from '../src/cobrowse/settle';
import { Site } from '../src/cobrowse/site';
import { scriptLine, share } from '../src/cobrowse/visit';
import { expect, test } from '../src/test';

const PAGES = fileURLToPath(new URL('../pages/plain', import.meta.url));

/** A site whose pages say which origins may show them. */
async function guestSite(line: string): Promise<{ site: Site; name: (origin: string) => void }> {
  const options = { line };
  const site = await Site.start({ '/': PAGES }, options);
  return {
    site,
    name: (origin) => {
      options.line = line.replace('<script', `<script data-frames="${origin}"`);
    },
  };
}

function guestOf(page: Page): Promise<Frame> {
  return until(
    'the frame',
    async () => page.frames().find((each) => each.url().endsWith('guest.html')) ?? null,
  );
}

test('a frame of another origin is shown when its page names this one, through its own gate', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const line = await scriptLine(server);
  const { site: guests, name } = await guestSite(line);
  const site = await Site.start({ '/': PAGES }, { line, other: guests.origin });
  name(site.origin);
  const customer = await person();
  const inside = await Inside.of(customer);
  const session = await server.createSession('Frames');
  const tap = await share(customer, server, session, `${site.origin}/around.html`);
  const told = (text: string): boolean => tap.frames().some((frame) => frame.text.includes(text));
  await expect.poll(() => told('PUB101Q')).toBe(true);
  const guest = await guestOf(customer);
  await guest.locator('#said').evaluate((element) => {
    element.textContent = 'PUB102Q';
  });
  await expect.poll(() => told('PUB102Q')).toBe(true);

  // What is typed in the page around stays hidden where the frame repeats it.
  await customer.locator('#field').fill('ZSEC105Q');
  await settled(customer);
  await guest.locator('#echo').evaluate((element) => {
    element.textContent = 'Hello ZSEC105Q';
  });
  await guest.locator('#said').evaluate((element) => {
    element.textContent = 'PUB103Q';
  });
  await expect.poll(() => told('PUB103Q')).toBe(true);
  await guest.locator('#card').fill('ZSEC106Q');

  // In a pause the frame is as silent as the page.
  await inside.press('Pause');
  await inside.reads('Paused');
  const from = tap.frames().length;
  await guest.locator('#said').evaluate(async (element) => {
    element.textContent = 'said in the pause';
    for (let i = 0; i < 20; i++) await new Promise((done) => requestAnimationFrame(done));
    element.textContent = 'PUB104Q';
  });
  expect(tap.frames().length).toBe(from);
  await inside.press('Go on');
  await expect.poll(() => told('PUB104Q')).toBe(true);
  expect(told('said in the pause')).toBe(false);
  await settled(customer);
  expect([...tap.leaks()]).toEqual([]);
  for (const each of [site, guests]) await each.stop();
});

test('control: a frame whose page does not name this origin is a box, and answers nobody', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const line = await scriptLine(server);
  const { site: guests, name } = await guestSite(line);
  const site = await Site.start({ '/': PAGES }, { line, other: guests.origin });
  name('https://elsewhere.example');
  const customer = await person();
  const session = await server.createSession('Frames');
  const tap = await share(customer, server, session, `${site.origin}/around.html`);
  await settled(customer);
  expect([...tap.arrived()]).toEqual(['PUB001Q']);

  // A page that asks by itself gets an answer only where it is named.
  const tenant = /data-tenant="([^"]+)"/.exec(line)?.[1] ?? '';
  const ask = async (page: Page, wanted: number): Promise<number> => {
    await page.goto(`${site.origin}/around.html`);
    const guest = await guestOf(page);
    await guest.waitForFunction(() => 'Sightline' in window);
    return await page.evaluate(
      async ([of, enough]) => {
        let answers = 0;
        const frame = document.querySelector<HTMLIFrameElement>('#guest')?.contentWindow;
        addEventListener('message', ({ data, source }) => {
          if (source === frame && data?.sightline === 'here') answers++;
        });
        for (let i = 1; i <= 3; i++)
          frame?.postMessage({ sightline: 'who', tenant: of, id: -i }, '*');
        for (let i = 0; i < 30 || answers < enough; i++)
          await new Promise((done) => requestAnimationFrame(done));
        return answers;
      },
      [tenant, wanted] as const,
    );
  };
  expect(await ask(await person(), 0)).toBe(0);
  name(site.origin);
  expect(await ask(await person(), 3)).toBe(3);
  for (const each of [site, guests]) await each.stop();
});
