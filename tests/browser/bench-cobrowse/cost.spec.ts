import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { Looker } from '../src/cobrowse/looker';
import { figures, settled, shown, until } from '../src/cobrowse/settle';
import { Site } from '../src/cobrowse/site';
import { scriptLine, share } from '../src/cobrowse/visit';
import { WEB } from '../src/paths';
import type { Server } from '../src/server';
import { test } from '../src/test';
import { quantile, report, round } from './report';
import { realFolders } from './views';

const PLAIN = fileURLToPath(new URL('../pages/plain', import.meta.url));
const VIEW = { width: 1280, height: 720 };
/** Changes of which the time to the replay is taken. */
const CHANGES = 80;

interface Clocked extends Window {
  sightlineTimes: Record<string, number>;
}

/** Notes in the replay when each change is there. */
async function watch(watching: Page): Promise<() => Promise<Record<string, number>>> {
  const replay = watching.frames().find((each) => /\/r\/[0-9a-f]+\/$/.test(each.url()));
  if (replay === undefined) throw new Error('no replay');
  await replay.evaluate(() => {
    const seen: Record<string, number> = {};
    Object.assign(window, { sightlineTimes: seen });
    const page = document.querySelector('iframe')?.contentDocument;
    if (page == null) throw new Error('no page');
    new MutationObserver(() => {
      for (const [tick] of (page.body.textContent ?? '').matchAll(/tick \d+;/g))
        seen[tick] ??= Date.now();
    }).observe(page, { subtree: true, childList: true, characterData: true });
  });
  return () => replay.evaluate(() => (window as unknown as Clocked).sightlineTimes);
}

/** Makes changes at times of its own; says when each was made. */
function change(page: Page): Promise<Record<string, number>> {
  return page.evaluate(async (changes) => {
    const made: Record<string, number> = {};
    const grow = document.querySelector('#grow');
    for (let i = 0; i < changes; i++) {
      const row = document.createElement('p');
      row.textContent = `tick ${i};`;
      made[`tick ${i};`] = Date.now();
      if (i % 10 === 0) grow?.replaceChildren();
      grow?.append(row);
      await new Promise((resolve) => setTimeout(resolve, 90 + ((i * 37) % 50)));
    }
    return made;
  }, CHANGES);
}

async function delays(server: Server, live: Page, watching: Page, url: string): Promise<number[]> {
  const session = await server.createSession('Latency');
  await share(live, server, session, url);
  const looker = await Looker.open(watching, server, session);
  await looker.show();
  await settled(live);
  await shown(live, watching);
  const times = await watch(watching);
  const made = await change(live);
  const last = Object.keys(made).at(-1) ?? '';
  await until('the last change', async () => last in (await times()), 10_000);
  const seen = await times();
  const found = Object.entries(made).flatMap(([tick, ms]) =>
    seen[tick] === undefined ? [] : [seen[tick] - ms],
  );
  if (found.length < CHANGES * 0.9)
    throw new Error(`only ${found.length} of ${CHANGES} changes arrived`);
  return found;
}

test('cost', async ({ startServer, person }) => {
  const server = await startServer();
  await server.signInHere();
  const line = await scriptLine(server);
  const real = await Site.start(realFolders(), { line });
  const start = await Site.start({ '/': PLAIN }, { line });
  const customer = await person({ viewport: VIEW });
  const session = await server.createSession('Cost');
  const tap = await share(customer, server, session, `${real.origin}/adminlte.html`);
  await settled(customer);

  // First view with warm assets.
  let from = tap.sent.length;
  await customer.goto(`${real.origin}/adminlte.html`);
  await settled(customer);
  const firstView = tap.sent.slice(from);
  const upTo = firstView.findIndex((each) => each[0] === 1);
  const firstViewBytes = firstView.slice(0, upTo + 1).reduce((sum, each) => sum + each.length, 0);

  // Main-thread block on ten thousand nodes.
  await customer.goto(`${real.origin}/nodes.html`);
  await settled(customer);
  const { blockMs, nodes } = (await figures(customer)) ?? { blockMs: Number.NaN, nodes: 0 };
  console.error(`${nodes} nodes in ${blockMs} ms`);

  // Typing.
  const typing = await person({ viewport: VIEW });
  const typingSession = await server.createSession('Typing');
  const typingTap = await share(typing, server, typingSession, `${start.origin}/shop.html`);
  await settled(typing);
  from = typingTap.sent.length;
  const began = Date.now();
  await typing
    .locator('#note')
    .pressSequentially('It does not get warm any more since last Tuesday evening.', { delay: 120 });
  const typedMs = Date.now() - began;
  await settled(typing);
  const typedBytes = typingTap.sent.slice(from).reduce((sum, each) => sum + each.length, 0);

  const live = await person({ viewport: VIEW });
  const watching = await person({ viewport: VIEW });
  const changed = await delays(server, live, watching, `${start.origin}/shop.html`);
  const sizes = JSON.parse(
    readFileSync(join(WEB, '../packages/cobrowse/dist/sizes.json'), 'utf8'),
  ) as { full_gzip: number };
  report({
    change_to_replay_p50_ms: round(quantile(changed, 0.5)),
    change_to_replay_p95_ms: round(quantile(changed, 0.95)),
    first_view_kb: round(firstViewBytes / 1024),
    typing_kb_per_min: round(((typedBytes / typedMs) * 60_000) / 1024, 2),
    record_block_ms: round(blockMs),
    script_gzip_kb: round(sizes.full_gzip / 1024),
  });
  for (const each of [real, start]) await each.stop();
});
