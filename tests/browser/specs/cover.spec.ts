import { Agent } from '../src/agent';
import { clip } from '../src/clip';
import { sticking } from '../src/measure';
import { seen, sights } from '../src/probe';
import { BOUNDS, CORNER } from '../src/sticking';
import { expect, test } from '../src/test';

/** Seconds of the clip during which a hand covers the lens. */
const COVER = [4, 7] as const;
const FPS = 30;

test('a covered camera hides the drawing, and it comes back', async ({
  startServer,
  startDevice,
  person,
}) => {
  const camera = clip({ cover: COVER });
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('Covered');
  const { link } = await agent.customerInvite();
  const device = startDevice({ camera: camera.path, invite: link });
  await device.event('publishing');
  await agent.live();
  await agent.watch();

  // Drawn well after one covering, then watched through the next one.
  const [from, to] = [COVER[0] * FPS, COVER[1] * FPS];
  await seen(agent.page, { numbers: [to + 15, to + 60], afterMs: Date.now() });
  await agent.circle(camera.truth, CORNER);
  const before = await seen(agent.page, {
    mark: true,
    numbers: [from - 60, from - 5],
    afterMs: Date.now(),
  });
  await seen(agent.page, { numbers: [to + 75, to + 89], afterMs: before.atMs });

  const all = (await sights(agent.page)).filter(
    ({ atMs, number }) => atMs >= before.atMs && number !== null,
  );
  const covered = all.filter(({ number }) => camera.truth.visible(number ?? 0) === 0);
  const start = covered[0];
  const end = all.find(
    ({ atMs, number }) =>
      atMs > (covered.at(-1)?.atMs ?? 0) && camera.truth.visible(number ?? 0) === 1,
  );
  if (start === undefined || end === undefined) throw new Error('the covering was not seen');
  expect(covered.length, 'pictures of the covered lens').toBeGreaterThan(10);

  const lastShown = covered.findLast(({ mark }) => mark !== null);
  const hiddenAfter = lastShown === undefined ? 0 : lastShown.atMs - start.atMs;
  const back = all.find(({ atMs, mark }) => atMs >= end.atMs && mark !== null);
  const backAfter = (back?.atMs ?? Number.POSITIVE_INFINITY) - end.atMs;
  console.log('hidden after', hiddenAfter, 'back after', backAfter);
  expect(hiddenAfter, 'ms until hidden').toBeLessThanOrEqual(500);
  expect(backAfter, 'ms until back').toBeLessThanOrEqual(2_000);

  // It comes back to the same corner, not to another place.
  const after = sticking(
    all.filter(({ atMs }) => atMs >= (back?.atMs ?? 0)),
    camera.truth,
    CORNER,
  );
  expect(after.frames).toBeGreaterThan(10);
  expect(after.median).toBeLessThanOrEqual(BOUNDS.median);
  // Control: what is asked of the covered pictures does not hold of those before.
  expect(all.filter(({ number }) => (number ?? 0) < from).some(({ mark }) => mark !== null)).toBe(
    true,
  );
});
