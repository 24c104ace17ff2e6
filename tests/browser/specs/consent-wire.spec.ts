import { Agent } from '../src/agent';
import { clip } from '../src/clip';
import { Customer } from '../src/customer';
import { seen, sights, startProbe } from '../src/probe';
import { expect, test } from '../src/test';

/** Frames by which what a customer sees of the own camera may be older than what is sent. */
const OWN_LATE = 15;

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
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('Pause');
  const { link } = await agent.customerInvite();
  const { path, truth } = clip();
  const customer = await Customer.open(await person({ camera: path }), link);
  await customer.allow();
  await agent.live();
  await agent.watch();
  await startProbe(customer.page);
  await seen(customer.page, { number: true });
  await customer.button('Pause').click();
  await expect(agent.stage).toHaveAttribute('data-view', 'paused');
  // Behind the curtain there is nothing either: every camera picture has a number, black has none.
  // What was on its way may still be decoded; a stream that goes on is never quiet for so long.
  const veiled = await agent.page.waitForFunction(() => {
    const last = window.probe.sights.findLast(({ number }) => number !== null);
    return Date.now() - (last?.atMs ?? 0) > 500 ? Date.now() : null;
  });
  const fromMs = (await veiled.jsonValue()) ?? 0;
  const toMs = fromMs + 1_500;
  await agent.page.waitForFunction((end) => Date.now() > end, toMs);
  // What a busy machine decodes late was taken before the pause, and the number says so.
  const own = (await sights(customer.page)).findLast(({ number }) => number !== null);
  const sincePause = (number: number): number =>
    (number - (own?.number ?? 0) + truth.frames) % truth.frames;
  const behind = (await sights(agent.page)).filter(
    ({ atMs, number }) =>
      number !== null &&
      atMs > fromMs &&
      atMs < toMs &&
      sincePause(number) > OWN_LATE &&
      sincePause(number) < truth.frames / 2,
  );
  expect(behind).toEqual([]);
  // Control: the same look sees the camera again.
  await customer.button('Go on').click();
  await agent.live();
  await seen(agent.page, { number: true, afterMs: toMs });
});
