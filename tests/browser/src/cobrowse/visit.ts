import type { Page } from '@playwright/test';
import type { Server } from '../server';
import { type AnyPage, until } from './settle';
import { type Sent, Tap } from './tap';

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
export async function accept(page: AnyPage, tap: Sent): Promise<void> {
  await until('the panel', () =>
    page.evaluate(() => document.querySelector('sightline-panel') !== null),
  );
  await page.keyboard.press('Enter');
  await tap.heard('preview');
  await nextFrame(page);
  await page.keyboard.press('Enter');
  await tap.heard('ready');
  await firstFrame(tap);
}

/** What came over the socket has been shown by then. */
async function nextFrame(page: AnyPage): Promise<void> {
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}

export async function firstFrame(tap: Sent): Promise<void> {
  await until('a snapshot', async () =>
    tap.sent.some((each) => each[0] === 1 && (each[1] ?? 9) <= 1),
  );
}
