import { mkdirSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { Agent } from '../src/agent';
import { clip, demoClip } from '../src/clip';
import { Customer } from '../src/customer';
import { ROOT } from '../src/paths';
import { seen } from '../src/probe';
import { expect, test } from '../src/test';

test('an agent draws with every tool, takes back, and draws on a frozen frame', async ({
  startServer,
  startDevice,
  person,
  file,
}) => {
  const camera = clip();
  const server = await startServer();
  const page = await person({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
  const agent = await Agent.signIn(page, server);
  await page.screenshot({ path: file('home.png') });
  await agent.startSession('Ana K., no sound from the card');
  await page.screenshot({ path: file('waiting.png') });
  const { link } = await agent.customerInvite();
  const device = startDevice({ camera: camera.path, invite: link });
  await device.event('publishing');
  await agent.live();
  await agent.watch();

  await agent.choose('arrow');
  await agent.drag([0.25, 0.3], [0.4, 0.42]);
  await agent.circle(camera.truth, 1);
  await agent.choose('freehand');
  await agent.drag([0.6, 0.35], [0.75, 0.45]);
  await agent.choose('highlight');
  await agent.drag([0.3, 0.7], [0.45, 0.72]);
  await agent.choose('text');
  const [x, y] = await agent.screen([0.55, 0.25]);
  await page.mouse.click(x, y);
  await page.getByTestId('text-entry').pressSequentially('check this');
  await page.keyboard.press('Enter');
  const marks = await agent.marks();
  await expect(marks).toHaveCount(5);
  const shapes = await marks.evaluateAll((rows) =>
    rows.map((row) => row.getAttribute('data-shape')),
  );
  expect(shapes).toEqual(['text', 'highlight', 'freehand', 'circle', 'arrow']);
  await expect(marks.nth(3)).toHaveAttribute('data-status', 'tracking');
  await page.screenshot({ path: file('drawn.png') });

  // By keys: undo, redo, clear, undo of the clear.
  await page.keyboard.press('z');
  await expect(marks).toHaveCount(4);
  await page.keyboard.press('Shift+Z');
  await expect(marks).toHaveCount(5);
  await page.keyboard.press('Delete');
  await expect(marks).toHaveCount(0);
  await seen(page, { mark: false, afterMs: Date.now() });
  await page.keyboard.press('z');
  await expect(marks).toHaveCount(5);

  // A frozen frame stands still, can be drawn on, and the drawing is on the live picture after it.
  await page.keyboard.press('Delete');
  await expect(marks).toHaveCount(0);
  await page.keyboard.press(' ');
  await expect(page.getByTestId('frozen-banner')).toBeVisible();
  await agent.choose('circle');
  await agent.drag([0.5, 0.5], [0.56, 0.5]);
  await expect(marks).toHaveCount(1);
  await page.keyboard.press(' ');
  await expect(page.getByTestId('frozen-banner')).toBeHidden();
  await expect(marks).toHaveAttribute('data-status', 'tracking');
  await seen(page, { mark: true, afterMs: Date.now() });
});

test('an agent takes a snapshot, chats and ends the session', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  const page = await person({ colorScheme: 'dark' });
  const agent = await Agent.signIn(page, server);
  await agent.startSession('Ana K., no sound from the card');
  const { link } = await agent.customerInvite();
  const customer = await Customer.open(await person({ camera: clip().path }), link);
  await customer.allow();
  await agent.live();
  await page.keyboard.press('s');
  await expect(page.getByTestId('snapshot-item')).toHaveCount(1);
  await page.getByTestId('panel-chat').click();
  await page.getByTestId('chat-field').fill('Please hold it a little closer.');
  await page.getByTestId('chat-send').click();
  await expect(page.getByTestId('chat-message')).toContainText('closer');
  await customer.page.getByRole('button', { name: /open the chat/i }).click();
  await expect(
    customer.page.getByText('Please hold it a little closer.', { exact: true }),
  ).toBeVisible();
  await page.screenshot({ path: file('session.png') });

  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`))).toEqual(
    [],
  );

  await page.getByTestId('end-session').click();
  await page.getByTestId('end-confirm').click();
  await expect(page.getByTestId('session-over')).toBeVisible();
  await expect(customer.page.getByRole('heading', { name: 'The session is over' })).toBeVisible();
});

test('a live pointer with its name is seen by the other one', async ({
  startServer,
  startDevice,
  person,
}) => {
  const server = await startServer();
  const page = await person();
  const agent = await Agent.signIn(page, server);
  const session = await agent.startSession('Pointer');
  const { link } = await agent.customerInvite();
  const device = startDevice({ camera: clip().path, invite: link });
  await device.event('publishing');
  await agent.live();
  const colleague = await Agent.colleague(await person(), server);
  await colleague.openSession(session);
  await colleague.watch();
  await agent.watch();
  await agent.choose('pointer');
  const [x, y] = await agent.screen([0.5, 0.5]);
  // A pointer moves on; a single packet of it may come before the other one's channel is open.
  let moving = true;
  const moves = (async () => {
    for (let step = 0; moving; step += 1) {
      await page.mouse.move(x + (step % 2), y);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
  })();
  const pointer = await seen(colleague.page, { mark: true }).finally(() => {
    moving = false;
  });
  await moves;
  expect(Math.hypot((pointer.mark?.[0] ?? 9) - 0.5, (pointer.mark?.[1] ?? 9) - 0.5)).toBeLessThan(
    0.12,
  );
  await page.mouse.move(4, 4);
  await seen(colleague.page, { mark: false, afterMs: Date.now() });
});

test('no layout moves while a session runs', async ({ startServer, person }) => {
  const server = await startServer();
  const page = await person();
  const agent = await Agent.signIn(page, server);
  await agent.startSession('Still');
  const { link } = await agent.customerInvite();
  const customer = await Customer.open(await person({ camera: clip().path }), link);
  await customer.allow();
  await agent.live();
  await page.evaluate(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        shifts.push((entry as PerformanceEntry & { value: number }).value);
    }).observe({ type: 'layout-shift' });
  });
  await agent.watch();
  await agent.choose('circle');
  await agent.drag([0.5, 0.5], [0.56, 0.5]);
  await expect(await agent.marks()).toHaveAttribute('data-status', 'tracking');
  await page.keyboard.press(' ');
  await page.keyboard.press(' ');
  await page.keyboard.press('s');
  await expect(page.getByTestId('snapshot-item')).toHaveCount(1);
  const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
  expect(shifts.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.02);
});

test('the picture for the README', async ({ startServer, startDevice, person, file }) => {
  const server = await startServer();
  const page = await person({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
  const agent = await Agent.signIn(page, server);
  await agent.startSession('Ana K., no sound from the card');
  const { link } = await agent.customerInvite();
  const device = startDevice({
    camera: demoClip(),
    invite: link,
    options: ['--name', 'Ana K.'],
  });
  await device.event('publishing');
  await agent.live();
  await agent.watchWithoutNumbers();
  await agent.choose('circle');
  await agent.drag([0.5, 0.55], [0.57, 0.55]);
  await agent.choose('arrow');
  await agent.drag([0.3, 0.3], [0.42, 0.45]);
  const marks = await agent.marks();
  await expect(marks.nth(0)).toHaveAttribute('data-status', 'tracking');
  await expect(marks.nth(1)).toHaveAttribute('data-status', 'tracking');
  const folder =
    process.env['SIGHTLINE_README_PICTURES'] === undefined ? undefined : `${ROOT}docs/images`;
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  await page.screenshot({
    path: folder === undefined ? file('dashboard.png') : `${folder}/dashboard.png`,
  });
});
