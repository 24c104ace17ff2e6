import type { Page } from '@playwright/test';
import { Agent } from '../src/agent';
import { Customer } from '../src/customer';
import { Display } from '../src/display';
import { seen, sights } from '../src/probe';
import { age, SHOWN_TITLE, showClock } from '../src/show';
import { expect, test } from '../src/test';

/** A picture older than this is not live. */
const LIVE_MS = 2_000;

/** The window without its bars, over the whole display. */
async function fillScreen(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const { windowId } = await devtools.send('Browser.getWindowForTarget');
  await devtools.send('Browser.setWindowBounds', {
    windowId,
    bounds: { windowState: 'fullscreen' },
  });
}

test('a customer shares the screen from a browser instead of the camera', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('A page that does not work');
  const { link } = await agent.customerInvite();
  const page = await person({ sharesTab: SHOWN_TITLE });
  const shown = await page.context().newPage();
  await showClock(shown);
  const customer = await Customer.open(page, link);
  await customer.shareScreenButton.click();
  await customer.button('Ask me now').click();

  await agent.live();
  await agent.watchWithoutNumbers();
  const sight = await seen(agent.page, { number: true });
  expect(age(sight), 'the shown page, now').toBeLessThan(LIVE_MS);

  // Paused: the agent sees a curtain.
  await customer.button('Pause').click();
  await expect(agent.stage).not.toHaveAttribute('data-view', 'live');
});

test('a device shares its X11 screen', async ({ startServer, startDevice, person }) => {
  const display = await Display.start(1280, 720);
  try {
    const window = await person({
      display: display.name,
      viewport: { width: 1280, height: 720 },
      flags: ['--window-position=0,0', '--window-size=1280,720'],
    });
    await fillScreen(window);
    await showClock(window);
    const server = await startServer();
    const agent = await Agent.signIn(await person(), server);
    await agent.startSession('A screen');
    const { link } = await agent.customerInvite();
    const device = startDevice({ camera: 'screen', invite: link, display: display.name });
    await device.event('publishing');
    await agent.live();
    await agent.watchWithoutNumbers();
    const sight = await seen(agent.page, { number: true });
    expect(age(sight), 'the shown screen, now').toBeLessThan(LIVE_MS);
    expect((await sights(agent.page)).length).toBeGreaterThan(0);
  } finally {
    await display.stop();
  }
});
