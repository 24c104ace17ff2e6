import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { driveAll, stockEvents } from '../src/cobrowse/drive';
import { hostileInFirefox } from '../src/cobrowse/firefox';
import { canariesIn, SECRET } from '../src/cobrowse/scan';
import { framedSites, Site } from '../src/cobrowse/site';
import { scriptLine, share } from '../src/cobrowse/visit';
import { expect, test } from '../src/test';
import { report } from './report';

const HOSTILE = process.env['PAGES'] || fileURLToPath(new URL('../pages/hostile', import.meta.url));
const NAMES = readdirSync(HOSTILE)
  .filter((name) => name.endsWith('.html') && !/^(frame|guest)\.html$/.test(name))
  .sort();

test('leaks', async ({ startServer, person }) => {
  const server = await startServer();
  await server.signInHere();
  const line = await scriptLine(server);
  const [pages, other] = await framedSites(HOSTILE, line, server.origin);
  const plain = await Site.start({ '/': HOSTILE }, { other: other.origin });
  const tabs = await person({ viewport: { width: 1280, height: 720 } });
  const session = await server.createSession('Leaks');
  const tap = await share(tabs, server, session, `${pages.origin}/${NAMES[0]}`);
  // A page that stops the tab fails the run; the others are measured all the same.
  const lane = { page: tabs, tap, origin: pages.origin };
  const { leaks, missing, problems, failed } = await driveAll([lane], NAMES);
  for (const each of problems) console.error(each);
  let control = 0;
  const stock = await person();
  for (const name of NAMES) {
    const events = await stockEvents(stock, `${plain.origin}/${name}`);
    control += canariesIn(Buffer.from(events), SECRET).size;
  }
  report({ leaks, control_leaks: control, pages: NAMES.length, missing_public: missing });
  for (const each of [other, pages, plain]) await each.stop();
  expect(failed).toEqual([]);
});

test('leaks in Firefox', async ({ startServer }) => {
  const found = await hostileInFirefox(await startServer(), HOSTILE, NAMES);
  for (const each of found.problems) console.error(each);
  report({ firefox_leaks: found.leaks, firefox_missing_public: found.missing });
  expect(found.failed).toEqual([]);
  // Control: a secret that a page sends by itself over the same wires is seen.
  for (const control of found.controls) expect(control).toEqual(['ZSEC999Q']);
});
