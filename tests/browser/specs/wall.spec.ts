import { AGENT_COLOR, Agent } from '../src/agent';
import { clip } from '../src/clip';
import { Customer } from '../src/customer';
import { type Sight, seen, startProbe, watched } from '../src/probe';
import { expect, test } from '../src/test';

/** On the bare table, in shares of the picture, whatever the camera does. */
const TABLE = [0.5, 0.84] as const;
const RADIUS = 0.035;
const WATCHED = { ms: 3_000, pictures: 20 } as const;

/** How far the drawing strays from where it was drawn, in shares of the picture. */
function strays(pictures: readonly Sight[]): number {
  const marks = pictures.flatMap(({ mark }) => (mark === null ? [] : [mark]));
  return Math.max(...marks.map(([x, y]) => Math.hypot(x - TABLE[0], y - TABLE[1])));
}

async function circle(agent: Agent, [x, y]: readonly [number, number]): Promise<void> {
  await agent.choose('circle');
  await agent.drag([x, y], [x + RADIUS, y]);
}

test('a drawing on a bare table stays on the screen, marked so, for an agent and a customer', async ({
  startServer,
  person,
  file,
}) => {
  const camera = clip({ scene: 'table' });
  const server = await startServer();
  const agent = await Agent.signIn(await person({ colorScheme: 'dark' }), server);
  await agent.startSession('A bare table');
  const { link } = await agent.customerInvite();
  const mobile = {
    camera: camera.path,
    viewport: { width: 390, height: 760 },
    mobile: true,
  };
  const customer = await Customer.open(await person(mobile), link);
  await customer.allow();
  await agent.live();
  await agent.watch();

  await circle(agent, TABLE);
  const marks = await agent.marks();
  await expect(marks).toHaveAttribute('data-status', 'fixed');
  await expect(marks).toHaveAttribute('data-reason', 'too_few_texture');
  await expect(marks).toContainText('fixed to the screen: too little texture');

  // It neither fades away nor moves, on both screens.
  await startProbe(customer.page, { color: AGENT_COLOR });
  for (const { page } of [agent, customer]) {
    // Each hears of it in its own time.
    const start = await seen(page, { mark: true, afterMs: Date.now() });
    const pictures = await watched(page, start.atMs, WATCHED);
    const shown = pictures.filter(({ mark }) => mark !== null).length / pictures.length;
    expect(shown, 'share of pictures with the drawing').toBeGreaterThan(0.98);
    expect(strays(pictures), 'it stays where it was drawn').toBeLessThan(0.03);
  }

  // Hovering the drawing says how it stands, why, and since when.
  const [x, y] = await agent.screen([TABLE[0] + RADIUS, TABLE[1]]);
  await agent.page.keyboard.press('Escape');
  await agent.page.mouse.move(x - 3, y);
  await agent.page.mouse.move(x, y);
  const tip = agent.page.getByTestId('mark-tip');
  await expect(tip).toContainText('fixed to the screen: too little texture · for');
  await agent.page.screenshot({ path: file('agent.png') });
  await customer.page.screenshot({ path: file('customer.png') });

  // The control: on the chip the same drawing moves with the thing.
  await agent.page.getByTestId('clear').click();
  await expect(marks).toHaveCount(0);
  await agent.circle(camera.truth, 0, RADIUS);
  await expect(marks).toHaveAttribute('data-status', 'tracking');
  const moving = await seen(agent.page, { mark: true, afterMs: Date.now() });
  const pictures = await watched(agent.page, moving.atMs, WATCHED);
  const places = pictures.flatMap(({ mark }) => (mark === null ? [] : [mark[0]]));
  expect(Math.max(...places) - Math.min(...places)).toBeGreaterThan(0.05);
});

test('a device says the same, and shows the drawing in its own view', async ({
  startServer,
  startDevice,
  person,
}) => {
  const camera = clip({ scene: 'table' });
  const server = await startServer();
  const agent = await Agent.signIn(await person(), server);
  await agent.startSession('A bare table');
  const { link } = await agent.customerInvite();
  const device = startDevice({ camera: camera.path, invite: link });
  await device.event('publishing');
  await agent.live();
  await agent.watch();
  await circle(agent, TABLE);
  const told = await device.event('anchor');
  expect([told['status'], told['reason']]).toEqual(['fixed', 'too_few_texture']);
  await expect(await agent.marks()).toContainText('fixed to the screen: too little texture');
  const start = await seen(agent.page, { mark: true, afterMs: Date.now() });
  const pictures = await watched(agent.page, start.atMs, WATCHED);
  expect(strays(pictures)).toBeLessThan(0.03);
});
