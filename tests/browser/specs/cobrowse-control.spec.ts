import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
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

/** Lets the agent do everything, by the customer's own key on the panel's button. */
async function grant(customer: Page, looker: Looker): Promise<void> {
  await looker.heard(({ type, tabs }) => type === 'tabs' && (tabs as unknown[]).length > 0);
  await looker.say({ type: 'ask_control', kinds: ['click', 'type', 'scroll', 'navigate'] });
  await customer.waitForTimeout(400);
  // The first field of the card has the focus; the button comes after the four boxes.
  for (let i = 0; i < 4; i++) await customer.keyboard.press('Tab');
  await customer.keyboard.press('Enter');
  await looker.heard(({ type, kinds }) => type === 'grants' && (kinds as unknown[]).length === 4);
}

/** The number of an element, as the script counts it. */
function numberOf(customer: Page, selector: string, inside = ''): Promise<number> {
  return customer.evaluate(
    ([outer, inner]) => {
      const host = document.querySelector(outer as string);
      const root = host?.shadowRoot ?? (host as HTMLIFrameElement | null)?.contentDocument;
      const element = inner === '' ? host : root?.querySelector(inner as string);
      const { sightlineFigures } = window as unknown as {
        sightlineFigures: () => { idOf: (node: Node) => number };
      };
      if (element == null) throw new Error(`no ${outer} ${inner}`);
      return sightlineFigures().idOf(element);
    },
    [selector, inside],
  );
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
  await customer.mouse.move(200, 200);
  await customer.mouse.move(400, 400, { steps: 5 });
  await expect.poll(() => looker.command({ type: 'click', node: plus })).toBe('not_granted');
  await site.stop();
});

/** Ways to press what only the customer may press. */
const ATTACKS: readonly (readonly [string, object, string?, string?])[] = [
  ...[
    'buy',
    'german',
    'japanese',
    'arabic',
    'aria',
    'role',
    'link',
    'script',
    'data',
    'marked',
    'submit',
    'image',
    'inner',
    'deep',
    'deeper',
    'over',
    'under',
    'buylabel',
    'wrap',
    'agree',
  ].map((id) => [`click on ${id}`, { type: 'click' }, `#${id}`] as const),
  ...[
    'sync',
    'late',
    'promise',
    'frame',
    'sends',
    'requests',
    'borrowed',
    'dispatch',
    'keyed',
    'mouse',
    'observer',
  ].map((id) => [`script behind ${id}`, { type: 'click' }, `#${id}`] as const),
  ['Enter in a field', { type: 'key', key: 'Enter' }, '#field'],
  ['Enter in a field elsewhere', { type: 'key', key: 'Enter' }, '#enter'],
  ['Enter on the button', { type: 'key', key: 'Enter' }, '#buy'],
  ['space on the button', { type: 'key', key: ' ' }, '#aria'],
  ['typing that a script answers', { type: 'type', text: 'x' }, '#change'],
  ['a button in a shadow root', { type: 'click' }, '#shadow', '#s'],
  ['a button in a frame', { type: 'click' }, '#inside', '#b'],
  ['a script address', { type: 'open', url: "javascript:effect('open')" }],
  ['a data address', { type: 'open', url: 'data:text/html,x' }],
];

test('blocked controls: no attack has an effect, the customer has', async ({
  startServer,
  person,
}) => {
  test.setTimeout(120_000);
  const { site, customer, looker } = await open(await startServer(), person, 'blocked.html');
  await grant(customer, looker);
  const effects = () =>
    customer.evaluate(() => (window as unknown as { effects: string[] }).effects.splice(0));
  const url = customer.url();
  const worked: string[] = [];
  for (const [name, command, selector, inside] of ATTACKS) {
    const node = selector === undefined ? undefined : await numberOf(customer, selector, inside);
    await looker.command({ ...command, node });
    await customer.waitForTimeout(name.includes('late') ? 600 : 60);
    const found = await effects();
    if (found.length > 0 || customer.url() !== url)
      worked.push(`${name}: ${found.join(' ')} ${customer.url()}`);
  }
  // A caption that is swapped does not free a control.
  await customer.evaluate(() => {
    const swap = document.querySelector('#swap');
    if (swap !== null) swap.textContent = 'Show more';
  });
  await looker.command({ type: 'click', node: await numberOf(customer, '#swap') });
  worked.push(...(await effects()).map((each) => `swapped caption: ${each}`));
  expect(worked).toEqual([]);
  expect(ATTACKS.length + 1).toBeGreaterThanOrEqual(30);
  // Control: a harmless button obeys, and the customer's own hand presses everything.
  expect(await looker.command({ type: 'click', node: await numberOf(customer, '#free') })).toBe(
    'done',
  );
  await expect(customer.locator('#free')).toHaveText('Shown more');
  await customer.locator('#buy').click();
  await customer.locator('#submit').click();
  await customer.locator('#agree').click();
  expect((await effects()).sort()).toEqual(['agree', 'buy', 'submit', 'submit event']);
  await site.stop();
});
