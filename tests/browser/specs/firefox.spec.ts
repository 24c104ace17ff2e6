import { Agent } from '../src/agent';
import { clip, type Truth } from '../src/clip';
import { click, openFirefox } from '../src/firefox';
import type { Sight } from '../src/probe';
import { CORNER, expectSticks } from '../src/sticking';
import { expect, test } from '../src/test';
import { moved } from '../src/truth-motion';

/** Colour of the third participant, after the agent and the device: `AUTHOR_COLORS[2]` of `packages/board`. */
const COLLEAGUE_COLOR = '#a821ed';
/** Pictures that are held against the truth. */
const PICTURES = 150;

/** The middle one by size. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/**
 * The circle is drawn anywhere on the thing. Which place that is, all pictures tell together: each
 * place is taken back to one frame by how the thing's nine known points moved, and the median is
 * it. What each picture is off by is laid upon the known corner, which is what the bounds are held
 * against.
 */
function laidOnCorner(pictures: readonly Sight[], truth: Truth): Sight[] {
  const seen = pictures.flatMap(({ mark, number }) =>
    mark !== null && number !== null ? [{ mark, number }] : [],
  );
  const from = seen[0]?.number;
  if (from === undefined) throw new Error('the circle was never seen');
  const places = seen.map(({ mark, number }) => moved(truth, number, from, mark));
  const start = [median(places.map(([x]) => x)), median(places.map(([, y]) => y))] as const;
  return pictures.map((picture) => {
    const { mark, number } = picture;
    if (mark === null || number === null) return picture;
    const [x, y] = moved(truth, from, number, start);
    const corner = truth.point(number, CORNER);
    return { ...picture, mark: [mark[0] - x + corner[0], mark[1] - y + corner[1]] };
  });
}

test('a customer in Firefox shows the camera and gets the drawing', async ({
  startServer,
  person,
}) => {
  const server = await startServer({ allAddresses: true });
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('A customer with Firefox');
  const { link } = await agent.customerInvite();
  const { browser, page } = await openFirefox();
  try {
    await page.goto(link);
    await click(page, '::-p-aria([name="Show my camera"][role="button"])');
    // The page explains the browser's question before the browser asks it.
    await click(page, '::-p-aria([name="Ask me now"][role="button"])');
    await agent.live();
    await agent.watchWithoutNumbers();
    await agent.choose('arrow');
    await agent.drag([0.3, 0.3], [0.45, 0.45]);
    await expect(await agent.marks()).toHaveCount(1);
    // Its own way to pause, which the agent is told.
    await click(page, '::-p-aria([name="Pause"][role="button"])');
    await expect(agent.stage).not.toHaveAttribute('data-view', 'live');
  } finally {
    await browser.close();
  }
});

test('what an agent in Firefox draws stays on the thing, in Firefox', async ({
  startServer,
  startDevice,
  person,
}) => {
  const camera = clip();
  const server = await startServer({ allAddresses: true });
  const starter = await Agent.signIn(await person(), server);
  const session = await starter.startSession('An agent with Firefox');
  const { link } = await starter.customerInvite();
  const device = startDevice({ camera: camera.path, invite: link });
  await device.event('publishing');
  await starter.live();
  const { browser, page } = await openFirefox();
  try {
    const { email, password } = server.addColleague();
    await page.goto(`${server.origin}/#/sign-in`);
    // The form is there some time after the page is; typing waits for nothing.
    await page.waitForSelector('input[type=password]');
    await page.type('input[type=email]', email);
    await page.type('input[type=password]', password);
    await click(page, 'button[type=submit]');
    await click(page, `a[href="#/session/${session}"]`);
    await page.waitForFunction(
      () =>
        document.querySelector('[data-testid=stage]')?.getAttribute('data-view') === 'live' &&
        (document.querySelector<HTMLVideoElement>('[data-testid=surface-video]')?.videoWidth ?? 0) >
          0,
    );
    await click(page, '[data-testid=tool-circle]');
    const stage = await page.$('[data-testid=stage]');
    const box = await stage?.boundingBox();
    if (!box) throw new Error('the stage has no place');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.evaluate((color) => {
      window.probe = window.sightlineProbe.start({ color, video: '[data-testid=surface-video]' });
    }, COLLEAGUE_COLOR);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 40, y, { steps: 3 });
    await page.mouse.up();
    await device.added(0);
    await expect(await starter.marks()).toHaveAttribute('data-status', 'tracking');
    await page.waitForFunction(
      (wanted) => window.probe.sights.filter(({ mark }) => mark !== null).length >= wanted,
      {},
      PICTURES,
    );
    const pictures = (await page.evaluate(() => window.probe.sights)).slice(-PICTURES);
    expectSticks('Firefox', laidOnCorner(pictures, camera.truth), camera.truth);
  } finally {
    await browser.close();
  }
});
