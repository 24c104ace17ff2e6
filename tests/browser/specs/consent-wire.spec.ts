import { Agent } from '../src/agent';
import { clip } from '../src/clip';
import { Customer } from '../src/customer';
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

test('a paused picture stops on the wire', async ({ startServer, person }) => {
  const server = await startServer({ delayMs: 0 });
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('Pause');
  const { link } = await agent.customerInvite();
  const customer = await Customer.open(await person({ camera: clip().path }), link);
  await customer.allow();
  await agent.live();
  await customer.button('Pause').click();
  await expect(agent.stage).toHaveAttribute('data-view', 'paused');
  // What was under way arrives; then the count stands still from one look to the next.
  const rtp = async () => (await server.network?.traffic())?.up.rtp ?? -1;
  let last = -1;
  const moved = async () => {
    const before = last;
    last = await rtp();
    return last - before;
  };
  await expect.poll(moved, { intervals: [1_000] }).toBe(0);
  await customer.button('Go on').click();
  await agent.live();
  await expect.poll(rtp).toBeGreaterThan(last);
});
