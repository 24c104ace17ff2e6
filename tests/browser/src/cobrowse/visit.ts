import type { Page } from '@playwright/test';
import type { Server } from '../server';
import { Tap } from './tap';

/** The script element for a company's site, and the company. */
export async function scriptLine(server: Server): Promise<string> {
  const { script } = (await server.api('GET', '/api/cobrowse/settings')) as { script: string };
  return script;
}

/** Opens a page of the site with a fresh code and shares it, with the keyboard alone. */
export async function share(
  page: Page,
  server: Server,
  session: string,
  url: string,
): Promise<Tap> {
  const { code } = await server.invite(session);
  const tap = new Tap(page, server.origin);
  await page.goto(`${url}#sightline-${code}`);
  await accept(page, tap);
  return tap;
}

/** The two questions of the panel: the code, which the address has filled in, and the consent. */
export async function accept(page: Page, tap: Tap): Promise<void> {
  await page.locator('sightline-panel').waitFor({ state: 'attached' });
  await page.keyboard.press('Enter');
  await tap.heard('preview');
  await page.waitForTimeout(50);
  await page.keyboard.press('Enter');
  await tap.heard('ready');
  await firstFrame(page, tap);
}

export async function firstFrame(page: Page, tap: Tap, timeoutMs = 15_000): Promise<void> {
  const until = Date.now() + timeoutMs;
  while (!tap.sent.some((each) => each[0] === 1 && (each[1] ?? 9) <= 1)) {
    if (Date.now() > until) throw new Error('no snapshot left the tab');
    await page.waitForTimeout(20);
  }
}
