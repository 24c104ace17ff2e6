import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { AGENT_COLOR, Agent } from '../src/agent';
import { clip, type Where } from '../src/clip';
import { Customer } from '../src/customer';
import { sticking } from '../src/measure';
import { type Sight, seen } from '../src/probe';
import { BOUNDS, CORNER, measureSticking } from '../src/sticking';
import { expect, test } from '../src/test';
import { Turning } from '../src/turning';
import { viewOfDevice } from '../src/view-file';

function turningCamera(): string {
  const built = buildSync({
    entryPoints: [fileURLToPath(new URL('../src/page/turning-camera.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  });
  return built.outputFiles[0]?.text ?? '';
}

/** Pictures that tell right geometry from wrong. */
const FEW = 20;

/** The same pictures, as if nobody had noticed that the phone was turned. */
const UNTURNED = new Turning();

/**
 * Geometry is right or wrong whatever the machine's load, so that nothing is asked of how many
 * pictures come: enough with the drawing are waited for. How often it is shown is for the sticking
 * tests to ask.
 */
function expectInPlace(who: string, pictures: readonly Sight[], truth: Where): void {
  const found = sticking(pictures, truth, CORNER);
  console.log(who, JSON.stringify(found));
  expect(found.frames * found.shown, `${who}: pictures with the drawing`).toBeGreaterThan(15);
  expect(found.median, `${who}: median error`).toBeLessThanOrEqual(BOUNDS.median);
  expect(found.p95, `${who}: p95 error`).toBeLessThanOrEqual(BOUNDS.p95);
}

async function draw(agent: Agent, truth: Where): Promise<void> {
  await agent.circle(truth, CORNER);
  await expect(await agent.marks()).toHaveAttribute('data-status', 'tracking');
}

test('a phone is turned upright in mid-session: drawings stay on the thing and new ones land on it', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  // A wide and a narrow stage letterbox the picture on different sides.
  const wide = { viewport: { width: 1500, height: 700 } };
  const agent = await Agent.signIn(await person(wide), server);
  await agent.startSession('A turned phone');
  const { link } = await agent.customerInvite();
  const phone = await person();
  await phone.addInitScript({ content: turningCamera() });
  const customer = await Customer.open(phone, link);
  await customer.allow();
  await agent.live();
  await agent.watch();

  const truth = new Turning();
  await draw(agent, truth);
  expectInPlace('landscape', await measureSticking(agent, 4_000, FEW, FEW), truth);

  truth.turnedAt = await phone.evaluate(() => window.turnPhone());
  const turned = await seen(agent.page, { numbers: [truth.turnedAt + 30, 1 << 24] });
  // A busy encoder may send it smaller, which is one more case.
  expect(turned.height / turned.width, 'the shape of the picture').toBeCloseTo(4 / 3, 1);
  await expect(await agent.marks()).toHaveAttribute('data-status', 'tracking');
  const after = await measureSticking(agent, 4_000, FEW, FEW);
  expectInPlace('upright', after, truth);
  // The control: held against the truth of a phone that was not turned, the same fails.
  expect(sticking(after, UNTURNED, CORNER).median).toBeGreaterThan(BOUNDS.median);
  await agent.page.screenshot({ path: file('upright.png') });

  // A new drawing on the upright picture, on a stage of another shape.
  await agent.page.setViewportSize({ width: 1024, height: 900 });
  await agent.page.getByTestId('clear').click();
  await seen(agent.page, { mark: false, afterMs: Date.now() });
  await draw(agent, truth);
  expectInPlace('drawn upright', await measureSticking(agent, 3_000, FEW, FEW), truth);
});

test('an encoder that scales the picture down moves no drawing', async ({
  startServer,
  startDevice,
  person,
  file,
}) => {
  const camera = clip();
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('A small picture');
  const { link } = await agent.customerInvite();
  const recordView = file('view.webm');
  const options = ['--max-width', '320', '--debug-overlay'];
  const device = startDevice({ camera: camera.path, invite: link, recordView, options });
  await device.event('publishing');
  await agent.live();
  await agent.watch();
  await draw(agent, camera.truth);
  const pictures = await measureSticking(agent, 5_000, FEW, FEW);
  expect(pictures.at(-1)?.width, 'what the agent gets').toBe(320);
  expectInPlace('agent, 320 pixels', pictures, camera.truth);

  // The device's own view is as large as its camera.
  expect(await device.stop(), 'the device ends in order').toBe(0);
  const view = await viewOfDevice(recordView, AGENT_COLOR);
  expect(view[0]?.width).toBe(640);
});
