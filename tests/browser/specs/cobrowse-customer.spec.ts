import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { Inside } from '../src/cobrowse/inside';
import { settled } from '../src/cobrowse/settle';
import { Site } from '../src/cobrowse/site';
import type { Tap } from '../src/cobrowse/tap';
import { scriptLine, share } from '../src/cobrowse/visit';
import type { Server } from '../src/server';
import { expect, test } from '../src/test';

const PAGES = fileURLToPath(new URL('../pages/plain', import.meta.url));

interface Given {
  readonly path?: string;
  readonly rules?: object;
  /** What is done to the tab before it opens the page. */
  readonly before?: (customer: Page) => Promise<unknown>;
}

async function open(
  server: Server,
  person: () => Promise<Page>,
  { path = 'shop.html', rules, before }: Given = {},
): Promise<{ site: Site; customer: Page; inside: Inside; tap: Tap }> {
  await server.signInHere();
  if (rules !== undefined) await server.api('PUT', '/api/cobrowse/settings', rules);
  const session = await server.createSession('Customer');
  const site = await Site.start({ '/': PAGES }, { line: await scriptLine(server) });
  const customer = await person();
  await before?.(customer);
  const inside = await Inside.of(customer);
  const tap = await share(customer, server, session, `${site.origin}/${path}`);
  return { site, customer, inside, tap };
}

/** Changes a text of the page, and lets the page draw some frames with it. */
async function say(page: Page, selector: string, text: string): Promise<void> {
  await page.evaluate(
    async ([where, what]) => {
      const element = document.querySelector(where as string);
      if (element === null) throw new Error(`no ${where}`);
      element.textContent = what as string;
      for (let i = 0; i < 20; i++) await new Promise((done) => requestAnimationFrame(done));
    },
    [selector, text],
  );
}

const told = (tap: Tap, text: string): boolean =>
  tap.frames().some((frame) => frame.text.includes(text));

test('while the customer pauses nothing leaves the tab; what is there afterwards does', async ({
  startServer,
  person,
}) => {
  const { site, customer, inside, tap } = await open(await startServer(), person);
  // Control: without a pause the same change leaves at once.
  await say(customer, '#hello', 'said before the pause');
  await expect.poll(() => told(tap, 'said before the pause')).toBe(true);
  await inside.press('Pause');
  await inside.reads('Paused');
  const from = tap.frames().length;
  await say(customer, '#hello', 'said in the pause');
  await customer.mouse.move(300, 300);
  await customer.mouse.wheel(0, 200);
  await say(customer, '#hello', 'said at the end');
  expect(tap.frames().length).toBe(from);
  await inside.press('Go on');
  await expect.poll(() => told(tap, 'said at the end')).toBe(true);
  expect(told(tap, 'said in the pause')).toBe(false);
  await site.stop();
});

/** What is in a session message of the relay; null for its other messages. */
function inSession(text: string): string | null {
  const said = JSON.parse(text) as { type: string; message?: { type: string } };
  return said.type === 'session' ? (said.message?.type ?? null) : null;
}

test('a pause before the session has named the page is told as soon as it has', async ({
  startServer,
  person,
}) => {
  const held: (() => void)[] = [];
  let holds = true;
  const before = (customer: Page): Promise<void> =>
    customer.routeWebSocket(/\/api\/cobrowse\/tab$/, (tab) => {
      const relay = tab.connectToServer();
      relay.onMessage((message) => {
        const named = typeof message === 'string' && inSession(message) === 'surface_updated';
        if (named && holds) held.push(() => tab.send(message));
        else tab.send(message);
      });
    });
  const { site, inside, tap } = await open(await startServer(), person, { before });
  const paused = (): boolean => tap.sent.some((each) => each.includes('"set_paused"'));
  await expect.poll(() => held.length).toBeGreaterThan(0);
  await inside.press('Pause');
  await inside.reads('Paused');
  expect(paused(), 'the control: it cannot be told yet').toBe(false);
  holds = false;
  for (const send of held) send();
  await expect.poll(paused).toBe(true);
  await site.stop();
});

/** In the tab: compressing takes as long as the test wants, which holds `window.gate`. */
function slowCompression(): void {
  const gate = { holds: false, held: 0, open: () => {} };
  const opened = new Promise<void>((resolve) => {
    gate.open = resolve;
  });
  Object.assign(window, { gate });
  const Native = window.CompressionStream;
  window.CompressionStream = class extends Native {
    override get readable(): ReadableStream {
      const { holds } = gate;
      if (!holds) return super.readable;
      gate.held++;
      return super.readable.pipeThrough(
        new TransformStream({
          async transform(chunk, to) {
            await opened;
            to.enqueue(chunk);
          },
        }),
      );
    }
  };
}

test('what was under way when the customer paused does not leave any more', async ({
  startServer,
  person,
}) => {
  const { site, customer, inside, tap } = await open(await startServer(), person, {
    before: (tab) => tab.addInitScript(slowCompression),
  });
  await settled(customer);
  type Gate = { holds: boolean; held: number; open: () => void };
  const gate = (run: (gate: Gate) => unknown): Promise<unknown> =>
    customer.evaluate(`(${run})(window.gate)`);
  await gate((it) => {
    it.holds = true;
  });
  await say(customer, '#hello', `before the pause ${'and so on, '.repeat(200)}`);
  await expect.poll(() => gate((it) => it.held)).toBe(1);
  await inside.press('Pause');
  await inside.reads('Paused');
  const from = tap.frames().length;
  await gate((it) => it.open());
  await say(customer, '#hello', 'said in the pause');
  expect(tap.frames().length).toBe(from);
  // Nothing is missing afterwards.
  await say(customer, '#hello', 'said at the end');
  await inside.press('Go on');
  await expect.poll(() => told(tap, 'said at the end')).toBe(true);
  expect(told(tap, 'before the pause')).toBe(false);
  await site.stop();
});

test('the keyboard stays on its button when the card says something else', async ({
  startServer,
  person,
}) => {
  const { site, customer, inside } = await open(await startServer(), person);
  await inside.press('Pause');
  await inside.reads('Paused');
  // No Tab between: "Go on" stands where "Pause" stood.
  await customer.keyboard.press('Enter');
  await inside.reads('Hide something');
  await customer.keyboard.press('Enter');
  await inside.reads('Paused');
  // Control: it is this button that has the keyboard, and no other.
  await customer.keyboard.press('Tab');
  await customer.keyboard.press('Enter');
  await inside.reads('Send');
  await site.stop();
});

test('the customer hides a place by pointing at it', async ({ startServer, person }) => {
  const { site, customer, inside, tap } = await open(await startServer(), person);
  // Control: Escape hides nothing.
  await inside.press('Hide something');
  await inside.reads('Click on what shall be hidden');
  await customer.locator('#hello').hover();
  await customer.keyboard.press('Escape');
  await say(customer, '#hello', 'shown as before');
  await expect.poll(() => told(tap, 'shown as before')).toBe(true);

  await inside.press('Hide something');
  await inside.reads('Click on what shall be hidden');
  await customer.locator('#hello').click();
  await inside.reads('Hide something');
  await say(customer, '#hello', 'Number ZSEC700Q');
  // It stays hidden where the page moves it, and the page itself got no click.
  await customer.evaluate(() =>
    document.querySelector('#grow')?.append(document.querySelector('#hello') ?? ''),
  );
  await say(customer, '#foot', 'the foot changed');
  await expect.poll(() => told(tap, 'the foot changed')).toBe(true);
  await settled(customer);
  expect([...tap.leaks()]).toEqual([]);
  await site.stop();
});

test('everything but marked: only what is marked is told', async ({ startServer, person }) => {
  const server = await startServer();
  const rules = { mode: 'everything_but_marked', rules: [], origins: [] };
  const { site, customer, tap } = await open(server, person, { path: 'marked.html', rules });
  await settled(customer);
  expect([...tap.leaks()]).toEqual([]);
  const arrived = [...tap.arrived()].sort();
  expect(arrived).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `PUB00${n}Q`));

  // Control: with the default rules most of the page is told.
  await server.api('PUT', '/api/cobrowse/settings', { ...rules, mode: 'marked_and_inputs' });
  const session = await server.createSession('Default');
  const other = await person();
  const usual = await share(other, server, session, `${site.origin}/marked.html`);
  await settled(other);
  expect(usual.leaks().size).toBeGreaterThanOrEqual(8);
  await site.stop();
});
