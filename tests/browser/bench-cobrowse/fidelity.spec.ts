import { inkFidelity, inkPicture } from '../src/cobrowse/ink';
import { Looker } from '../src/cobrowse/looker';
import { settled, shown } from '../src/cobrowse/settle';
import { Site } from '../src/cobrowse/site';
import { scriptLine, share } from '../src/cobrowse/visit';
import { test } from '../src/test';
import { quantile, report, round } from './report';
import { realFolders, realViews } from './views';

const VIEW = { width: 1280, height: 720 };

test('fidelity', async ({ startServer, person, file }) => {
  const server = await startServer();
  await server.signInHere();
  const line = await scriptLine(server);
  const folders = realFolders();
  // The page around is known only when it is there, and its frames name it.
  const framed = { line };
  const other = await Site.start(folders, framed);
  const real = await Site.start(folders, { line, other: other.origin });
  framed.line = line.replace('<script', `<script data-frames="${real.origin}"`);
  const session = await server.createSession('Fidelity');
  const customer = await person({ viewport: VIEW });
  await share(customer, server, session, `${real.origin}/adminlte.html`);
  const watching = await person({ viewport: VIEW });
  const looker = await Looker.open(watching, server, session);
  await looker.show();
  const blank = await person();
  const ink: Record<string, number> = {};
  for (const view of realViews()) {
    await customer.goto(`${real.origin}/${view}`, { waitUntil: 'load' });
    await settled(customer);
    await shown(customer, watching);
    await customer.mouse.move(0, 0);
    await customer.evaluate(() => document.querySelector('sightline-panel')?.remove());
    const name = view.replaceAll('/', '_').replace(/\.html$/, '');
    const theirs = await customer.screenshot({
      path: file(`${name}-customer.png`),
      animations: 'disabled',
    });
    const ours = await watching.screenshot({
      path: file(`${name}-replay.png`),
      animations: 'disabled',
    });
    ink[view] = await inkFidelity(blank, theirs, ours);
    if (ink[view] < 0.995) await inkPicture(blank, theirs, ours, file(`${name}-difference.png`));
    console.error(view, round(ink[view] * 100, 2));
  }
  const shares = Object.values(ink).map((each) => each * 100);
  report({
    ink_median: round(quantile(shares, 0.5), 2),
    ink_worst: round(Math.min(...shares), 2),
    ink_pages: shares.length,
  });
  for (const each of [other, real]) await each.stop();
});
