import { Agent } from '../src/agent';
import { clip } from '../src/clip';
import { expect, test } from '../src/test';

/** Id, shape and author of every drawing in the list, newest first. */
async function drawings(agent: Agent): Promise<(string | null)[]> {
  return await (await agent.marks()).evaluateAll((rows) =>
    rows.map(
      (row) =>
        `${row.getAttribute('data-id')} ${row.getAttribute('data-shape')} ${row.textContent?.match(/by \S+( \S+)?/)?.[0]}`,
    ),
  );
}

test('two people draw, see the same in the same order, and lose nothing by leaving', async ({
  startServer,
  startDevice,
  person,
}) => {
  const camera = clip();
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  const session = await agent.startSession('Three of us');
  const { link } = await agent.customerInvite();
  const device = startDevice({ camera: camera.path, invite: link });
  await device.event('publishing');
  await agent.live();
  await agent.watch();

  // The technician comes by an own invitation, and cannot be a stranger.
  await agent.page.getByTestId('panel-people').click();
  await agent.page.getByTestId('invite-technician-open').click();
  const invitation = agent.page.locator('[data-testid=invite][data-bare=true]');
  const technicianLink = (await invitation.getAttribute('data-link')) ?? '';
  const technicianPage = await person();
  await technicianPage.goto(technicianLink);
  await technicianPage.getByTestId('join-name').fill('Tom');
  await technicianPage.getByTestId('join-submit').click();
  const technician = new Agent(technicianPage);
  await technician.live();
  await technician.watch('#d55e00');

  // Each has seen the other's before the next: which of two at once is first, nobody can say.
  await agent.choose('arrow');
  await agent.drag([0.3, 0.3], [0.45, 0.45]);
  await expect(await technician.marks()).toHaveCount(1);
  await technician.choose('circle');
  await technician.drag([0.6, 0.6], [0.66, 0.6]);
  await expect(await agent.marks()).toHaveCount(2);
  await agent.choose('freehand');
  await agent.drag([0.25, 0.6], [0.4, 0.7]);
  for (const each of [agent, technician]) await expect(await each.marks()).toHaveCount(3);
  const both = await drawings(agent);
  expect(await drawings(technician)).toEqual(both);
  expect(both.map((text) => text?.split(' ')[1])).toEqual(['freehand', 'circle', 'arrow']);
  expect(both[1]).toContain('Tom');

  // The technician's connection breaks and comes back; meanwhile the agent draws and undoes.
  await technicianPage.goto('about:blank');
  await agent.page.getByTestId('panel-people').click();
  await expect(agent.page.locator('[data-testid=person][data-role=technician]')).toHaveAttribute(
    'data-connected',
    'false',
  );
  await agent.choose('highlight');
  await agent.drag([0.5, 0.3], [0.65, 0.35]);
  await expect(await agent.marks()).toHaveCount(4);
  await agent.page.getByTestId('undo').click();
  await expect(await agent.marks()).toHaveCount(3);
  await agent.choose('arrow');
  await agent.drag([0.7, 0.3], [0.6, 0.45]);
  await expect(await agent.marks()).toHaveCount(4);
  await technicianPage.goto(`${server.origin}/#/session/${session}`);
  await technician.live();
  await expect(await technician.marks()).toHaveCount(4);
  expect(await drawings(technician)).toEqual(await drawings(agent));

  // The device has the same log.
  await expect
    .poll(
      () =>
        device.lines.filter((line) => line.event === 'annotation' && line['change'] === 'added')
          .length,
    )
    .toBe(5);

  // The used invitation lets nobody else in.
  const stranger = await person();
  await stranger.goto(technicianLink);
  await expect(stranger.getByText('does not work any more')).toBeVisible();
});

test('a second agent joins a running session', async ({ startServer, startDevice, person }) => {
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  const session = await agent.startSession('Two agents');
  const { link } = await agent.customerInvite();
  const device = startDevice({ camera: clip().path, invite: link });
  await device.event('publishing');
  await agent.live();
  await agent.watch();
  await agent.choose('circle');
  await agent.drag([0.4, 0.5], [0.46, 0.5]);
  await expect(await agent.marks()).toHaveCount(1);

  const colleague = await Agent.colleague(await person(), server);
  await colleague.openSession(session);
  await expect(await colleague.marks()).toHaveCount(1);
});

test('nobody gets in without an invitation', async ({ startServer, person }) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Closed');
  const stranger = await person();
  await stranger.goto(`${server.origin}/#/session/${session}`);
  await expect(stranger.getByRole('heading', { name: 'Sign in' })).toBeVisible();

  const refusal = await stranger.evaluate(async (id) => {
    const join = await fetch(`/api/sessions/${id}/join`, { method: 'POST' });
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api/ws`);
    const hello = { type: 'hello', protocol: 1, token: 'no-token', tracks_anchors: false };
    const messages: string[] = [];
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
    socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(data).type));
    socket.addEventListener('open', () => socket.send(JSON.stringify(hello)));
    await closed;
    return { status: join.status, messages };
  }, session);
  expect(refusal.status).toBe(401);
  expect(refusal.messages, 'no welcome').toEqual(['error']);
});
