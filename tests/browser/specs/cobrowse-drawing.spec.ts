import { fileURLToPath } from 'node:url';
import type { FrameLocator, Page } from '@playwright/test';
import { Agent } from '../src/agent';
import { Inside } from '../src/cobrowse/inside';
import { Site } from '../src/cobrowse/site';
import { scriptLine, share } from '../src/cobrowse/visit';
import { expect, test } from '../src/test';

const PAGES = fileURLToPath(new URL('../pages/plain', import.meta.url));

const stageOf = (page: Page): FrameLocator => page.frameLocator('[data-testid=replay]');
const shapes = (page: Page) => stageOf(page).locator('#top svg g[data-shape]');
const shown = (page: Page) => stageOf(page).frameLocator('iframe[style*=visible]');

/** Elements of the replay: names of ids do not travel. */
const HELLO = 'p:has-text("Welcome to the shop")';
const PLUS = 'button:has-text("More")';

/** Where an element of the replay is on the agent's screen. */
async function boxOf(page: Page, selector: string) {
  const box = await shown(page).locator(selector).boundingBox();
  if (box === null) throw new Error(`${selector} is not in the replay`);
  return box;
}

test('drawings on a page: one log for two agents, fixed to elements, for late joiners too', async ({
  startServer,
  person,
  file,
}) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Shop');
  const site = await Site.start({ '/': PAGES }, { line: await scriptLine(server) });
  const customer = await person();
  const inside = await Inside.of(customer);
  await share(customer, server, session, `${site.origin}/shop.html`);

  const first = await person();
  await Agent.colleague(first, server);
  await first.locator(`a[href="#/session/${session}"]`).click();
  await expect(shown(first).locator(PLUS)).toBeVisible();
  const guest = await person();
  const { link } = await server.invite(session, 'technician');
  await guest.goto(link);
  await guest.getByLabel('Your name').fill('Tom');
  await guest.getByRole('button', { name: 'Join session' }).click();
  await expect(shown(guest).locator(PLUS)).toBeVisible();

  // The agent outlines a button, the technician draws a circle and an arrow on the heading.
  await first.getByTestId('page-element').click();
  const hello = await boxOf(first, HELLO);
  await first.mouse.click(hello.x + 20, hello.y + 8);
  await expect(shapes(guest)).toHaveCount(1);
  await guest.getByTestId('tool-circle').click();
  await expect(guest.getByTestId('page-draw')).toHaveAttribute('aria-pressed', 'true');
  const plus = await boxOf(guest, PLUS);
  await guest.mouse.move(plus.x + plus.width / 2, plus.y + plus.height / 2);
  await guest.mouse.down();
  await guest.mouse.move(plus.x + plus.width / 2 + 30, plus.y + plus.height / 2, { steps: 4 });
  await guest.mouse.up();
  await expect(shapes(first)).toHaveCount(2);
  await guest.keyboard.press('a');
  const title = await boxOf(guest, 'h1');
  await guest.mouse.move(title.x + 4, title.y + 4);
  await guest.mouse.down();
  await guest.mouse.move(title.x + 60, title.y + 20, { steps: 4 });
  await guest.mouse.up();
  await expect(shapes(first)).toHaveCount(3);
  await expect.poll(() => inside.drawings()).toEqual(['highlight', 'circle', 'arrow']);
  await first.screenshot({ path: file('agent.png') });
  await customer.screenshot({ path: file('customer.png') });

  // What an element is, for a note; of a hidden one nothing more than that it is hidden.
  await first.getByTestId('page-inspect').click();
  const more = await boxOf(first, PLUS);
  await first.mouse.click(more.x + 4, more.y + 4);
  const note = first.getByTestId('page-note');
  await expect(note).toHaveAttribute('data-hidden', 'shown');
  await expect(note).toContainText('button');
  await expect(note).toContainText('“More”');
  const card = await boxOf(first, 'section h2');
  await first.mouse.click(card.x + 4, card.y + 4);
  await expect(note).toHaveAttribute('data-hidden', 'masked');
  await expect(note).not.toContainText('Ana');
  await first.screenshot({ path: file('inspect.png') });

  // Each takes back only the own last step; what is taken back can come again.
  await first.getByTestId('undo').click();
  await expect.poll(() => inside.drawings()).toEqual(['circle', 'arrow']);
  await first.getByTestId('redo').click();
  await expect.poll(() => inside.drawings()).toEqual(['highlight', 'circle', 'arrow']);
  await guest.getByTestId('undo').click();
  await expect.poll(() => inside.drawings()).toEqual(['highlight', 'circle']);

  // The circle goes with its button when the page scrolls.
  const middle = async (): Promise<number> => {
    const [circle, button] = [
      await stageOf(first).locator('#top svg g[data-shape=circle] ellipse').last().boundingBox(),
      await boxOf(first, PLUS),
    ];
    // While it moves it is drawn anew.
    if (circle === null) return 1_000;
    return Math.abs(circle.y + circle.height / 2 - button.y - button.height / 2);
  };
  const before = await boxOf(first, PLUS);
  await customer.evaluate(() => scrollTo(0, 60));
  await expect.poll(async () => (await boxOf(first, PLUS)).y).toBeLessThan(before.y - 10);
  await expect.poll(middle).toBeLessThan(2);

  // Somebody who comes now sees the same.
  const late = await person();
  const secondLink = (await server.invite(session, 'technician')).link;
  await late.goto(secondLink);
  await late.getByLabel('Your name').fill('Eva');
  await late.getByRole('button', { name: 'Join session' }).click();
  await expect(shapes(late)).toHaveCount(2);
  await late.getByTestId('panel-marks').click();
  await expect(late.getByTestId('mark-row')).toHaveCount(2);

  // Another document is another page: nothing is drawn on its elements, though their numbers agree.
  await customer.locator('#second').click();
  await expect(shown(first).getByText('The second page')).toBeVisible();
  await expect(shapes(first)).toHaveCount(0);
  await expect.poll(() => inside.drawings()).toEqual([]);
  await first.getByTestId('page-element').click();
  const heading = await boxOf(first, 'h1');
  await first.mouse.click(heading.x + 5, heading.y + 5);
  await expect.poll(() => inside.drawings()).toEqual(['highlight']);
  await first.getByTestId('clear').click();
  await expect.poll(() => inside.drawings()).toEqual([]);
  await site.stop();
});
