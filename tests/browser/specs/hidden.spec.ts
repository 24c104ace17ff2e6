import { Agent } from '../src/agent';
import { expect, test } from '../src/test';

/** The middle of the test pattern. */
const PART = '0.25,0.25,0.5,0.5';

test('the agent is told what the customer hides, on a wide and on a narrow screen', async ({
  person,
  startServer,
  startDevice,
  file,
}) => {
  const server = await startServer();
  const page = await person();
  const agent = await Agent.signIn(page, server);
  await agent.startSession('Something private');
  const { link } = await agent.customerInvite();
  const device = startDevice({ camera: 'test', invite: link, options: ['--hide', PART] });
  await device.event('publishing');
  await agent.live();
  const chip = page.getByTestId('hidden-chip');
  await expect(chip).toHaveAttribute('data-parts', '1');
  await expect(chip).toContainText('The customer hides a part');
  await page.screenshot({ path: file('hidden-wide.png') });
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(chip).toBeVisible();
  await page.screenshot({ path: file('hidden-narrow.png') });
});

test('without hidden parts nobody is told of any', async ({ person, startServer, startDevice }) => {
  const server = await startServer();
  const page = await person();
  const agent = await Agent.signIn(page, server);
  await agent.startSession('Nothing private');
  const { link } = await agent.customerInvite();
  const device = startDevice({ camera: 'test', invite: link });
  await device.event('publishing');
  await agent.live();
  await expect(page.getByTestId('hidden-chip')).toHaveCount(0);
});
