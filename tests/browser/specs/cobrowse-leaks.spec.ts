import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { driveAll, stockEvents } from '../src/cobrowse/drive';
import { canariesIn, SECRET } from '../src/cobrowse/scan';
import { settled } from '../src/cobrowse/settle';
import { framedSites, Site } from '../src/cobrowse/site';
import type { Tap } from '../src/cobrowse/tap';
import { scriptLine, share } from '../src/cobrowse/visit';
import type { Server } from '../src/server';
import { expect, test } from '../src/test';

const FOLDER = fileURLToPath(new URL('../pages/hostile', import.meta.url));
/** Ways that others go as well; like all, these pages run in `make bench-cobrowse`. */
const LEFT_OUT = /^(53|67|68|69|70|71|74|75|77|81|84|85|89|90|91)-/;
const PAGES = readdirSync(FOLDER).filter((name) => /^\d/.test(name) && !LEFT_OUT.test(name));

test('the scanner finds a canary in every dress, and none where none is', () => {
  const secret = 'xx ZSEC123Q yy';
  const utf16 = Buffer.from(secret, 'utf16le');
  const dresses: Record<string, Buffer> = {
    raw: Buffer.from(secret),
    percent: Buffer.from('%5A%53EC123Q'),
    base64: Buffer.from(`a,${Buffer.from(secret).toString('base64')}`),
    'base64 of UTF-16': Buffer.from(utf16.toString('base64')),
    'UTF-16': utf16,
    'UTF-16, odd': Buffer.concat([Buffer.from([1]), utf16]),
    'JSON escapes': Buffer.from('"\\u005a\\u0053EC123Q"'),
    'character references': Buffer.from('&#90;&#x53;EC123Q'),
    deflated: Buffer.concat([Buffer.from([1, 1]), deflateRawSync(secret)]),
    hexadecimal: Buffer.from(Buffer.from(secret).toString('hex')),
  };
  for (const [dress, bytes] of Object.entries(dresses)) {
    expect([...canariesIn(bytes, SECRET)], dress).toEqual(['ZSEC123Q']);
  }
  expect([...canariesIn(Buffer.from('ZSEC12Q PUB001Q'), SECRET)]).toEqual([]);
});

async function start(server: Server, page: Page): Promise<{ site: Site; other: Site; tap: Tap }> {
  await server.signInHere();
  const session = await server.createSession('Hostile');
  const line = await scriptLine(server);
  const [site, other] = await framedSites(FOLDER, line, server.origin);
  const tap = await share(page, server, session, `${site.origin}/frame.html`);
  return { site, other, tap };
}

test('hostile pages: no secret leaves the tab, everything public does', async ({
  startServer,
  person,
}) => {
  test.setTimeout(360_000);
  const server = await startServer();
  const first = await person();
  const { site, other, tap } = await start(server, first);
  // Several windows of one browser, because most of the time goes by with waiting; not tabs, because
  // one that is behind another draws nothing and sends nothing.
  const browser = first.context().browser();
  const { origin } = site;
  const lanes = [{ page: first, tap, origin }];
  for (let i = 1; i < 4 && browser !== null; i++) {
    const page = await (await browser.newContext()).newPage();
    const session = await server.createSession(`Hostile ${i}`);
    lanes.push({ page, tap: await share(page, server, session, `${origin}/frame.html`), origin });
  }
  const { problems, failed } = await driveAll(lanes, PAGES);
  expect([...problems, ...failed]).toEqual([]);
  expect(PAGES.length).toBeGreaterThanOrEqual(40);
  await site.stop();
  await other.stop();
});

test('control: a stock recorder leaks on the same pages, and the scanner sees it', async ({
  person,
}) => {
  const site = await Site.start({ '/': FOLDER });
  const page = await person();
  const found = new Set<string>();
  const editors = PAGES.filter((name) => /^(49|50|88)-/.test(name));
  for (const name of [...PAGES.slice(0, 12), ...editors]) {
    const events = await stockEvents(page, `${site.origin}/${name}`);
    for (const canary of canariesIn(Buffer.from(events), SECRET)) found.add(`${name} ${canary}`);
  }
  expect(found.size).toBeGreaterThan(20);
  for (const name of editors)
    expect(
      [...found].some((each) => each.startsWith(name)),
      name,
    ).toBe(true);
  await site.stop();
});

test('a hidden value of one character and of thirty make the same traffic', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const site = await Site.start({ '/': FOLDER }, { line: await scriptLine(server) });
  const shapes: string[] = [];
  for (const value of ['7', '7'.repeat(30), 'x y']) {
    const session = await server.createSession('Length');
    const page = await person();
    const tap = await share(page, server, session, `${site.origin}/20-inputs.html`);
    await settled(page);
    const from = tap.sent.length;
    await page.locator('input[type=text]').fill(value);
    await page.locator('textarea').pressSequentially(value);
    await page.evaluate((text) => {
      const hidden = document.createElement('div');
      hidden.dataset['sightline'] = 'mask';
      for (const char of text) {
        const span = document.createElement('span');
        span.textContent = char;
        hidden.append(span);
      }
      document.body.append(hidden);
    }, value);
    await settled(page);
    const frames = tap.sent.slice(from).filter((each) => (each[0] ?? 9) <= 3);
    shapes.push(frames.map((each) => each.toString('latin1')).join('|'));
    expect(frames.length, 'something was sent').toBeGreaterThan(0);
  }
  expect(shapes[1]).toEqual(shapes[0]);
  expect(shapes[2]).toEqual(shapes[0]);
  await site.stop();
});
