import { Agent } from '../src/agent';
import { clip } from '../src/clip';
import { Customer } from '../src/customer';
import { seen, sights, startProbe } from '../src/probe';
import { expect, test } from '../src/test';

/** So long without a packet: a stream that goes on is never quiet for that. */
const QUIET_MS = 2_000;

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
  // The page itself notes when it sends: word of it comes to the test late on a busy machine.
  await page.addInitScript(() => {
    const sent: { readonly type: string; readonly atMs: number }[] = [];
    Object.assign(window, { sent });
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
      sent.push({ type: JSON.parse(`${data}`).type, atMs: Date.now() });
      send.call(this, data);
    };
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
  const firstMediaMs = await network.firstMediaMs();
  await expect.poll(async () => (await network.traffic()).up.rtp).toBeGreaterThan(10);
  const sent = await page.evaluate(
    () => (window as unknown as { sent: { type: string; atMs: number }[] }).sent,
  );
  const consent = sent.find(({ type }) => type === 'set_consent');
  const offer = sent.findIndex(({ type }) => type === 'offer');
  if (consent === undefined) throw new Error('no consent was sent');
  expect(firstMediaMs, 'the first media packet comes after the consent').toBeGreaterThanOrEqual(
    consent.atMs,
  );
  expect(await captures()).toEqual(['getUserMedia']);
  expect(offer).toBeGreaterThanOrEqual(0);
});

test('a paused picture does not leave the customer', async ({ startServer, person }) => {
  const server = await startServer({ delayMs: 0 });
  const network = server.network;
  if (network === null) throw new Error('this test needs the proxy');
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('Pause');
  const { link } = await agent.customerInvite();
  const customer = await Customer.open(await person({ camera: clip().path }), link);
  await customer.allow();
  await agent.live();
  await agent.watch();
  await startProbe(customer.page);
  await seen(customer.page, { number: true });
  await customer.button('Pause').click();
  await expect(agent.stage).toHaveAttribute('data-view', 'paused');
  // What is sent for a moment is black: every camera picture has a number, black has none.
  await customer.page.waitForFunction(() => window.probe.sights.at(-1)?.number === null);
  const blackMs = Date.now();
  const media = async (): Promise<number> => (await network.traffic()).up.rtp;
  let sent = -1;
  const quiet = async (): Promise<boolean> => {
    const before = sent;
    sent = await media();
    return sent === before;
  };
  await expect
    .poll(quiet, { message: 'nothing is sent any more', intervals: [QUIET_MS] })
    .toBe(true);
  // Then nothing is sent at all, and behind the curtain there is nothing either.
  const fromMs = Date.now();
  const toMs = fromMs + 1_500;
  await agent.page.waitForFunction((end) => Date.now() > end, toMs);
  expect(await media(), 'media packets in the pause').toBe(sent);
  for (const [page, after] of [
    [customer.page, blackMs],
    [agent.page, fromMs],
  ] as const) {
    const shown = (await sights(page)).filter(
      ({ atMs, number }) => number !== null && atMs > after && atMs < toMs,
    );
    expect(shown).toEqual([]);
  }
  // Control: the same looks see the camera again.
  await customer.button('Go on').click();
  await agent.live();
  await expect.poll(media).toBeGreaterThan(sent);
  for (const page of [customer.page, agent.page]) await seen(page, { number: true, afterMs: toMs });
});
