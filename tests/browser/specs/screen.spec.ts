import type { Page } from '@playwright/test';
import { Agent } from '../src/agent';
import { Customer } from '../src/customer';
import { Display } from '../src/display';
import { sights } from '../src/probe';
import { age, SHOWN_TITLE, showClock } from '../src/show';
import { expect, test } from '../src/test';

/** A picture older than this is not live. */
const LIVE_MS = 2_000;

/** The first pictures of a busy machine may be old; one that stands still never gets any younger. */
async function expectLive(agent: Agent, what: string): Promise<void> {
  const youngest = async (): Promise<number> => {
    const ages = (await sights(agent.page)).map(age).filter((each) => each !== null);
    return Math.min(...ages);
  };
  await expect.poll(youngest, { message: what }).toBeLessThan(LIVE_MS);
}

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
  await expectLive(agent, 'the shown page, now');

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
    await expectLive(agent, 'the shown screen, now');
  } finally {
    await display.stop();
  }
});
