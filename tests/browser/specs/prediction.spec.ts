import { AGENT_COLOR, Agent } from '../src/agent';
import { clip } from '../src/clip';
import { Customer } from '../src/customer';
import { follow } from '../src/measure';
import { seen, startProbe, watched } from '../src/probe';
import { BOUNDS, CORNER, ENOUGH } from '../src/sticking';
import { expect, test } from '../src/test';

/** The whole picture of a phone's main camera, about 66 degrees wide, in 2.2 seconds. */
const TURN = 30;
const FPS = 30;
/** Pictures with the drawing that tell right places from wrong. */
const FEW = 20;
/** Share of the width that a thing moves in a second while the camera turns so fast. */
const SPEED = TURN / 66;

test('on the own picture of a customer with a browser, drawings are where the thing is now', async ({
  startServer,
  person,
}) => {
  const camera = clip({ speed: 2 });
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('The own picture');
  const { link } = await agent.customerInvite();
  const customer = await Customer.open(await person({ camera: camera.path }), link);
  await customer.allow();
  await agent.live();
  await agent.watch();
  await agent.circle(camera.truth, CORNER);
  await expect(await agent.marks()).toHaveAttribute('data-status', 'tracking');

  // The customer's own picture is newer than any pose that can be there.
  const { page } = customer;
  await startProbe(page, { color: AGENT_COLOR });
  // Nobody's preview is mirrored: what the customer sees is what the agent draws on.
  const turned = await page
    .locator('video')
    .first()
    .evaluate((it) => getComputedStyle(it).transform);
  expect(turned).toBe('none');
  const start = await seen(page, { mark: true, afterMs: Date.now() });
  const pictures = await watched(page, start.atMs, { ms: 10_000, pictures: ENOUGH, drawn: FEW });
  const found = follow(pictures, camera.truth, CORNER, {
    fps: FPS,
    upTo: SPEED,
  });
  test.info().annotations.push({
    type: 'own picture',
    description: JSON.stringify(found),
  });
  console.log('own picture', JSON.stringify(found));
  expect(found.frames * found.shown, 'pictures with the drawing').toBeGreaterThan(15);
  // However late the poses are on a busy machine, what is shown is in its place.
  expect(found.median, 'median error').toBeLessThanOrEqual(BOUNDS.median);
  expect(found.p95, 'p95 error').toBeLessThanOrEqual(BOUNDS.p95);

  // The control: each drawing where it was five pictures earlier is refused.
  const late = pictures.map((picture, n) => ({ ...picture, mark: pictures[n - 5]?.mark ?? null }));
  const control = follow(late, camera.truth, CORNER, { fps: FPS, upTo: SPEED });
  console.log('control', JSON.stringify(control));
  expect(control.lagMs).toBeGreaterThan(found.lagMs + 50);
  expect(control.p95).toBeGreaterThan(BOUNDS.p95);
});
