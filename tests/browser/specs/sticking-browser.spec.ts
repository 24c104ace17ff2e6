import { Agent } from '../src/agent';
import { clip } from '../src/clip';
import { Customer } from '../src/customer';
import { CORNER, expectSticks, measureSticking } from '../src/sticking';
import { test } from '../src/test';

test('a circle stays on a corner of a chip when the customer has only a browser', async ({
  startServer,
  person,
}) => {
  const camera = clip();
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('A circle on a chip');
  const { link } = await agent.customerInvite();
  const customer = await Customer.open(await person({ camera: camera.path }), link);
  await customer.allow();
  await agent.live();
  await agent.watch();

  await agent.circle(camera.truth, CORNER);
  expectSticks('agent', await measureSticking(agent, 8_000), camera.truth);
});
