import { writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { Agent } from '../src/agent';
import { clip } from '../src/clip';
import { Customer } from '../src/customer';
import { quantile } from '../src/measure';
import { startProbe } from '../src/probe';
import type { Server } from '../src/server';
import { expect, test } from '../src/test';
import { capBitrate, connectDirectly, rememberPeers } from './direct';
import { latencies, pictures } from './latency';

/** Rounds; each measures both paths, one after the other, in the same pages. */
const ROUNDS = 5;
/** Pictures of a round that count, after those in which both ends settle. */
const PICTURES = 200;
const SETTLING = 90;
const JOINS = 24;
const STROKES = 30;

const STAGE = { video: '[data-testid=surface-video]' };

/** The camera of every page: a canvas with the clock in it. */
async function withClockCamera(page: Page): Promise<Page> {
  await page.addInitScript(rememberPeers);
  await page.addInitScript(() => window.sightlineProbe.fakeCamera());
  return page;
}

async function measure(page: Page): Promise<number[]> {
  await startProbe(page, STAGE);
  await pictures(page, SETTLING + PICTURES);
  return await latencies(page, SETTLING);
}

/** Milliseconds from the tap that opens a running session to its first picture on the screen. */
async function join(page: Page, server: Server, session: string): Promise<number> {
  await page.goto(`${server.origin}/#/`);
  await expect(page.getByTestId('session-row').first()).toBeVisible();
  return await page.evaluate(async (id) => {
    sessionStorage.clear();
    const row = document.querySelector<HTMLAnchorElement>(`a[href="#/session/${id}"]`);
    if (row === null) throw new Error('the session is not listed');
    const tapped = performance.now();
    row.click();
    const video = await new Promise<HTMLVideoElement>((resolve) => {
      const look = () => {
        const found = document.querySelector<HTMLVideoElement>('[data-testid=surface-video]');
        if (found === null) requestAnimationFrame(look);
        else resolve(found);
      };
      look();
    });
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    return performance.now() - tapped;
  }, session);
}

test('end to end', async ({ startServer, startDevice, person }) => {
  const server = await startServer();
  const agentPage = await person();
  await agentPage.addInitScript(rememberPeers);
  const agent = await Agent.signIn(agentPage, server);
  const customerPage = await withClockCamera(await person());
  const through: number[] = [];
  const direct: number[] = [];

  for (let round = 0; round < ROUNDS; round++) {
    await agentPage.goto(`${server.origin}/#/`);
    await agent.startSession(`Round ${round + 1}`);
    const { link } = await agent.customerInvite();
    const customer = await Customer.open(customerPage, link);
    await customer.allow();
    await agent.live();
    await capBitrate(customerPage);
    const some = await measure(agentPage);
    through.push(...some);
    await connectDirectly(customerPage, agentPage);
    const other = await measure(agentPage);
    direct.push(...other);
    await agentPage.getByTestId('end-session').click();
    await agentPage.getByTestId('end-confirm').click();
    await expect(agentPage.getByTestId('session-over')).toBeVisible();
    await customerPage.goto('about:blank');
    console.log(
      `round ${round + 1}: through the server ${quantile(some, 0.5)}/${quantile(some, 0.95)} ms,`,
      `direct ${quantile(other, 0.5)}/${quantile(other, 0.95)} ms (p50/p95)`,
    );
  }

  // A running session with a device, joined again and again by a second agent.
  await agentPage.goto(`${server.origin}/#/`);
  const session = await agent.startSession('Joins');
  const { link } = await agent.customerInvite();
  const device = startDevice({ camera: clip().path, invite: link });
  await device.event('publishing');
  await agent.live();
  const colleague = (await Agent.colleague(await person(), server)).page;
  const joins: number[] = [];
  for (let i = 0; i < JOINS; i++) joins.push(await join(colleague, server, session));
  await colleague.context().close();
  console.log('joins', joins.map(Math.round).join(' '), 'ms');

  // Strokes: from the moment the button goes up to the device's own report.
  await agent.watch();
  await agent.page.evaluate(() => {
    Object.assign(window, { released: [] });
    addEventListener(
      'pointerup',
      () =>
        (window as unknown as { released: number[] }).released.push(
          performance.timeOrigin + performance.now(),
        ),
      { capture: true },
    );
  });
  await agent.choose('arrow');
  await agent.page.evaluate(() => Object.assign(window, { released: [] }));
  const strokes: number[] = [];
  for (let i = 0; i < STROKES; i++) {
    const from = device.lines.length;
    await agent.drag([0.3 + 0.01 * i, 0.3], [0.35 + 0.01 * i, 0.5]);
    const arrived = (await device.added(from)).arrivedMs;
    const released = await agent.page.evaluate(() =>
      (window as unknown as { released: number[] }).released.at(-1),
    );
    strokes.push(arrived - (released ?? Number.NaN));
    if (i % 10 === 9) await agent.page.getByTestId('clear').click();
  }
  console.log('strokes', strokes.map(Math.round).join(' '), 'ms');

  const round = (value: number) => Math.round(value * 10) / 10;
  const result = {
    bench: 'e2e',
    g2g_p50_ms: round(quantile(through, 0.5)),
    g2g_p95_ms: round(quantile(through, 0.95)),
    direct_p50_ms: round(quantile(direct, 0.5)),
    direct_p95_ms: round(quantile(direct, 0.95)),
    join_to_first_frame_ms: round(quantile(joins, 0.95)),
    stroke_to_device_p95_ms: round(quantile(strokes, 0.95)),
  };
  for (const [name, value] of Object.entries(result)) {
    if (name !== 'bench') expect(Number.isFinite(value), name).toBe(true);
  }
  const out = process.env['SIGHTLINE_BENCH_RESULT'];
  if (out !== undefined) writeFileSync(out, JSON.stringify(result));
});
