import { Agent } from '../src/agent';
import { clip } from '../src/clip';
import { Customer } from '../src/customer';
import { ROOT } from '../src/paths';
import { Program } from '../src/process';
import { expect, test } from '../src/test';

test('a technician on another WebRTC implementation sees the picture and the drawings', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  const session = await agent.startSession('Foreign');
  const { link } = await agent.customerInvite();
  const customer = await Customer.open(await person({ camera: clip().path }), link);
  await customer.allow();
  await agent.live();
  await agent.watch();

  const page = agent.page;
  const invite = (await page.evaluate(async (id) => {
    const answer = await fetch(`/api/sessions/${id}/invites`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ role: 'technician', surface: null }),
    });
    return await answer.json();
  }, session)) as { link: string };
  const ticket = decodeURIComponent(invite.link.split(/[#/]/).at(-1) ?? '');
  const technician = new Program(
    'technician.py',
    '/usr/bin/python3',
    [`${ROOT}tests/foreign/technician.py`, '--origin', server.origin, '--ticket', ticket],
    file('technician.log'),
  );
  await technician.event('joined');
  for (const label of ['annotations', 'realtime']) {
    await technician.line(
      (line) => line.event === 'channel' && line['label'] === label,
      `the channel ${label}`,
    );
  }
  const frame = await technician.event('frame');
  // A browser may send less than its camera's 640x480 when the machine is busy.
  expect(Number(frame['width']) / Number(frame['height'])).toBeCloseTo(4 / 3, 2);

  await agent.choose('arrow');
  await agent.drag([0.3, 0.3], [0.45, 0.45]);
  const annotation = await technician.event('annotation');
  expect(annotation).toMatchObject({ seq: 1, op: 'added' });
  // It answered over its data channel.
  await expect(await agent.marks()).toHaveCount(2);
  await expect((await agent.marks()).first()).toContainText('by aiortc');
  expect(await technician.end(), 'it saw all that it waited for').toBe(0);
  expect(technician.lines.filter((line) => line.event === 'error')).toEqual([]);
});
