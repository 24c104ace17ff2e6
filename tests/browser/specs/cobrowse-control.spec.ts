import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import {
  ATTACKS,
  type Attack,
  attack,
  attackBySavedCalls,
  attackMore,
  grant,
  MORE_ATTACKS,
  numberOf,
} from '../src/cobrowse/attacks';
import { Looker } from '../src/cobrowse/looker';
import { Site } from '../src/cobrowse/site';
import { scriptLine, share } from '../src/cobrowse/visit';
import type { Server } from '../src/server';
import { expect, test } from '../src/test';

const PAGES = fileURLToPath(new URL('../pages/plain', import.meta.url));

async function open(
  server: Server,
  person: () => Promise<Page>,
  path: string,
): Promise<{ site: Site; customer: Page; looker: Looker }> {
  await server.signInHere();
  const session = await server.createSession('Control');
  const site = await Site.start({ '/': PAGES }, { line: await scriptLine(server) });
  const customer = await person();
  // The test alone knows which number a node has.
  await share(customer, server, session, `${site.origin}/${path}`);
  const looker = await Looker.open(await person(), server, session);
  return { site, customer, looker };
}

test('an agent starts read-only, acts when allowed, and stops at one key', async ({
  startServer,
  person,
}) => {
  const { site, customer, looker } = await open(await startServer(), person, 'shop.html');
  const plus = await numberOf(customer, '#plus');
  expect(await looker.command({ type: 'click', node: plus })).toBe('not_granted');
  await grant(customer, looker);
  expect(await looker.command({ type: 'click', node: plus })).toBe('done');
  await expect(customer.locator('#grow p')).toHaveCount(1);
  const name = await numberOf(customer, '#name');
  expect(await looker.command({ type: 'type', node: name, text: 'Ana' })).toBe('done');
  await expect(customer.locator('#name')).toHaveValue('Ana');
  expect(
    await looker.command({ type: 'choose', node: await numberOf(customer, '#kind'), option: 1 }),
  ).toBe('done');
  await expect(customer.locator('#kind')).toHaveValue('Two');
  expect(await looker.command({ type: 'scroll', node: null, x: 0, y: 300 })).toBe('done');
  await expect.poll(() => customer.evaluate(() => scrollY)).toBe(300);
  expect(await looker.command({ type: 'open', url: 'https://elsewhere.example/' })).toBe('blocked');
  await customer.keyboard.press('Escape');
  await looker.heard(({ type, kinds }) => type === 'grants' && (kinds as unknown[]).length === 0);
  expect(await looker.command({ type: 'click', node: plus })).toBe('not_granted');
  await grant(customer, looker);
  expect(await looker.command({ type: 'click', node: plus }), 'granted again').toBe('done');
  await customer.mouse.move(200, 200);
  await customer.mouse.move(400, 400, { steps: 5 });
  await expect.poll(() => looker.command({ type: 'click', node: plus })).toBe('not_granted');
  await site.stop();
});

test('blocked controls: no attack has an effect, the customer has', async ({
  startServer,
  person,
}) => {
  const { site, customer, looker } = await open(await startServer(), person, 'blocked.html');
  await grant(customer, looker);
  expect(await attack(customer, looker)).toEqual([]);
  expect(ATTACKS.length + 1).toBeGreaterThanOrEqual(30);
  // Control: a harmless button obeys, and the customer's own hand presses everything.
  expect(await looker.command({ type: 'click', node: await numberOf(customer, '#free') })).toBe(
    'done',
  );
  await expect(customer.locator('#free')).toHaveText('Shown more');
  await customer.locator('#buy').click();
  await customer.locator('#submit').click();
  await customer.locator('#agree').click();
  const effects = await customer.evaluate(
    () => (window as unknown as { effects: string[] }).effects,
  );
  expect(effects.sort()).toEqual(['agree', 'buy', 'submit', 'submit event']);
  await site.stop();
});

test('blocked controls of other kinds: no attack has an effect, the customer has', async ({
  startServer,
  person,
}) => {
  const { site, customer, looker } = await open(await startServer(), person, 'blocked-more.html');
  await grant(customer, looker);
  expect(await attackMore(customer, looker)).toEqual([]);
  expect(MORE_ATTACKS.length).toBeGreaterThanOrEqual(30);
  // Control: what is harmless obeys, and the customer's own hand presses everything.
  for (const id of ['free', 'edit']) {
    const node = await numberOf(customer, `#${id}`);
    expect(await looker.command({ type: 'click', node }), id).toBe('done');
  }
  await expect(customer.locator('#free')).toHaveText('Shown more');
  await expect(customer.locator('#edit')).toHaveText('Edited');
  await customer.evaluate(() => window.scrollTo(0, 0));
  for (const id of ['buy', 'plain', 'wrapped', 'tick', 'elsewhere'])
    await customer.locator(`#${id}`).click();
  await customer.locator('#open #s').click();
  await customer.locator('#shut').click({ position: { x: 10, y: 10 } });
  await customer.frameLocator('#frame').locator('#b').click();
  const effects = await customer.evaluate(
    () => (window as unknown as { effects: string[] }).effects,
  );
  expect(effects.splice(0)).toEqual([
    'buy',
    'plain',
    'core',
    'wrapped',
    'tick',
    'elsewhere',
    'submit event',
    'open',
    'shut',
    'frame',
  ]);
  await customer.evaluate(() => (window as unknown as { effects: string[] }).effects.splice(0));
  expect(await attackBySavedCalls(customer, looker)).toEqual([]);
  await site.stop();
});

test('control: without the guard the same attacks work', async ({ person }) => {
  const site = await Site.start({ '/': PAGES });
  const page = await person();
  const worked: string[] = [];
  for (const [path, attacks] of [
    ['blocked.html', ATTACKS],
    ['blocked-more.html', MORE_ATTACKS],
  ] as const) {
    await page.goto(`${site.origin}/${path}`);
    worked.push(...(await page.evaluate(pressed, selectorsOf(attacks))));
  }
  expect(worked.length).toBeGreaterThanOrEqual(45);
  await site.stop();
});

/** What is clicked in the page itself. */
function selectorsOf(attacks: readonly Attack[]): string[] {
  return attacks.flatMap(([, command, selector, inside]) =>
    command.type === 'click' && selector !== undefined && inside === undefined ? [selector] : [],
  );
}

/** Presses by script; says what had an effect. Runs in the page. */
async function pressed(selectors: readonly string[]): Promise<string[]> {
  const page = window as unknown as { effects: string[]; pending: number; shut?: () => void };
  page.shut?.();
  const found: string[] = [];
  for (const selector of selectors) {
    document.querySelector<HTMLElement>(selector)?.click();
    do await new Promise((resolve) => setTimeout(resolve));
    while (page.pending > 0);
    if (page.effects.splice(0).length > 0) found.push(selector);
  }
  return found;
}
