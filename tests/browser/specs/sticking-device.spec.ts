import { AGENT_COLOR, Agent } from '../src/agent';
import { clip } from '../src/clip';
import { CORNER, expectSticks, measureSticking } from '../src/sticking';
import { expect, test } from '../src/test';
import { viewOfDevice } from '../src/view-file';

test('a circle on the corner of a chip stays there, at the agent and on the device', async ({
  startServer,
  startDevice,
  person,
  file,
}) => {
  const camera = clip();
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('A circle on a chip');
  const { link } = await agent.customerInvite();
  const recordView = file('view.webm');
  const device = startDevice({ camera: camera.path, invite: link, recordView });
  await device.event('publishing');
  await agent.live();
  await agent.watch();

  await agent.circle(camera.truth, CORNER);
  const pictures = await measureSticking(agent, 8_000);
  expectSticks('agent', pictures, camera.truth);

  expect(await device.stop(), 'the device ends in order').toBe(0);
  const view = await viewOfDevice(recordView, AGENT_COLOR);
  const first = view.findIndex((picture) => picture.mark !== null);
  expectSticks('device', view.slice(first, first + 8 * 30), camera.truth);
});
