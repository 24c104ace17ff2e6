import { Agent } from '../src/agent';
import { clip } from '../src/clip';
import { Customer } from '../src/customer';
import { seen, sights } from '../src/probe';
import { expect, test } from '../src/test';

test('no media packet and no frame before the customer allows it', async ({
  startServer,
  person,
}) => {
  const server = await startServer({ delayMs: 0 });
  const network = server.network;
  if (network === null) throw new Error('this test needs the proxy');
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('Consent');
  const { link } = await agent.customerInvite();

  const page = await person({ camera: clip().path });
  await page.addInitScript(() => {
    const devices = navigator.mediaDevices;
    const calls: string[] = [];
    Object.assign(window, { captures: calls });
    for (const name of ['getUserMedia', 'getDisplayMedia'] as const) {
      const original = devices[name].bind(devices);
      devices[name] = (options) => {
        calls.push(name);
        return original(options);
      };
    }
  });
  const sent: { readonly type: string; readonly atMs: number }[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const { type } = JSON.parse(`${payload}`) as { type: string };
      sent.push({ type, atMs: Date.now() });
    }),
  );
  const customer = await Customer.open(page, link);
  const captures = () =>
    page.evaluate(() => (window as unknown as { captures: string[] }).captures);

  // The page has everything that it needs to ask, and is at rest.
  await page.waitForLoadState('networkidle');
  expect(await captures()).toEqual([]);
  expect((await network.traffic()).up.rtp, 'media packets before consent').toBe(0);
  expect(await agent.stage.getAttribute('data-view')).not.toBe('live');

  await customer.allow();
  await agent.live();
  // Control: the same meter sees the picture once it flows.
  const firstMediaMs = await network.firstMediaMs(10_000);
  expect((await network.traffic()).up.rtp).toBeGreaterThan(10);
  const consent = sent.find(({ type }) => type === 'set_consent');
  const offer = sent.findIndex(({ type }) => type === 'offer');
  if (consent === undefined) throw new Error('no consent was sent');
  expect(firstMediaMs, 'the first media packet comes after the consent').toBeGreaterThanOrEqual(
    consent.atMs - 5,
  );
  expect(await captures()).toEqual(['getUserMedia']);
  expect(offer).toBeGreaterThanOrEqual(0);
});

test('a paused picture does not leave the customer', async ({ startServer, person }) => {
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('Pause');
  const { link } = await agent.customerInvite();
  const customer = await Customer.open(await person({ camera: clip().path }), link);
  await customer.allow();
  await agent.live();
  await agent.watch();
  await customer.button('Pause').click();
  await expect(agent.stage).toHaveAttribute('data-view', 'paused');
  // Behind the curtain there is nothing either: every camera picture has a number, black has none.
  const veiled = Date.now();
  const window = { fromMs: veiled + 300, toMs: veiled + 1_800 };
  await agent.page.waitForFunction((end) => Date.now() > end, window.toMs);
  const behind = (await sights(agent.page)).filter(
    ({ atMs, number }) => number !== null && atMs > window.fromMs && atMs < window.toMs,
  );
  expect(behind).toEqual([]);
  // Control: the same look sees the camera again.
  await customer.button('Go on').click();
  await agent.live();
  await seen(agent.page, { number: true, afterMs: window.toMs });
});
