import { Agent, AIM_FRAMES } from '../src/agent';
import { clip, type Truth } from '../src/clip';
import { Customer } from '../src/customer';
import { sticking } from '../src/measure';
import type { Sight } from '../src/probe';
import { BOUNDS, CORNER, ENOUGH, expectSticks, measureSticking } from '../src/sticking';
import { expect, test } from '../src/test';

/** Each way, on each side: a picture needs 400 ms more to the agent, a stroke 400 ms more back. */
const DELAY_MS = 200;
const FPS = 30;
/** Of the circle, in shares of the picture. */
const RADIUS = 0.06;

/** A frame from which on the corner moves far within the delay, so that a late drawing shows. */
function fastFrame(truth: Truth): number {
  const lag = Math.round((4 * DELAY_MS * FPS) / 1000);
  const moved = (frame: number) => {
    const [a, b] = [truth.point(frame, CORNER), truth.point(frame + lag, CORNER)];
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  };
  const frames = Array.from({ length: truth.frames }, (_, frame) => frame).slice(AIM_FRAMES + 3);
  return frames.reduce((best, frame) => (moved(frame) > moved(best) ? frame : best), 0);
}

/** A drawing on the fast frame, and what the agent sees of it for eight seconds. */
async function draw(agent: Agent, truth: Truth): Promise<Sight[]> {
  await agent.live();
  await agent.watch();
  await agent.circle(truth, CORNER, RADIUS, fastFrame(truth));
  // The drawing travels to the tracker and its poses travel back; until then it may only be
  // drawn where it was drawn.
  await expect(await agent.marks()).toHaveAttribute('data-status', 'tracking');
  return await measureSticking(agent, 8_000);
}

/** Control: without frame times the drawing lands where the thing no longer is. */
async function expectLateWithoutFrameTimes(
  agent: Agent,
  address: string,
  truth: Truth,
): Promise<void> {
  await agent.page.getByTestId('clear').click();
  await expect(await agent.marks()).toHaveCount(0);
  await agent.page.goto(address);
  const late = sticking(await draw(agent, truth), truth, CORNER);
  console.log('control', JSON.stringify(late));
  expect(late.frames).toBeGreaterThanOrEqual(ENOUGH);
  expect(late.median > BOUNDS.median || late.p95 > BOUNDS.p95, JSON.stringify(late)).toBe(true);
}

for (const customer of ['device', 'browser'] as const) {
  test(`with 400 ms of delay a circle lands on the frame that the agent saw (${customer})`, async ({
    startServer,
    startDevice,
    person,
  }) => {
    const { path, truth } = clip({ speed: 2 });
    const server = await startServer({ delayMs: DELAY_MS });
    const agent = await Agent.signIn(await person(), server);
    const session = await agent.startSession('Far away');
    const { link } = await agent.customerInvite();
    if (customer === 'device') {
      await startDevice({ camera: path, invite: link }).event('publishing');
    } else {
      await (await Customer.open(await person({ camera: path }), link)).allow();
    }
    expectSticks(`agent, 400 ms, ${customer}`, await draw(agent, truth), truth);
    const withoutFrameTimes = `${server.origin}/?frame_times=off#/session/${session}`;
    await expectLateWithoutFrameTimes(agent, withoutFrameTimes, truth);
  });
}
