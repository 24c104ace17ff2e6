import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ATTACKS, attack, grant } from '../src/cobrowse/attacks';
import { drive, stockEvents } from '../src/cobrowse/drive';
import { inkFidelity } from '../src/cobrowse/ink';
import { Looker } from '../src/cobrowse/looker';
import { canariesIn, SECRET } from '../src/cobrowse/scan';
import { Site } from '../src/cobrowse/site';
import { firstFrame, scriptLine, share } from '../src/cobrowse/visit';
import { WEB } from '../src/paths';
import { test } from '../src/test';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const VIEW = { width: 1280, height: 720 };
const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[
    Math.min(values.length - 1, Math.floor(values.length * share))
  ] ?? 0;

/** Documentation that Rust and Debian packages bring, when it is installed. */
function manuals(): Record<string, string> {
  const found: Record<string, string> = {};
  const toolchains = join(homedir(), '.rustup/toolchains');
  const rust = existsSync(toolchains)
    ? readdirSync(toolchains)
        .map((name) => join(toolchains, name, 'share/doc/rust/html'))
        .find((each) => existsSync(each))
    : undefined;
  if (rust !== undefined) found['/rust/'] = rust;
  if (existsSync('/usr/share/doc/valgrind/html/index.html'))
    found['/valgrind/'] = '/usr/share/doc/valgrind/html';
  return found;
}

test('co-browse', async ({ startServer, person, file }) => {
  const hostile = process.env['PAGES'] || at('../pages/hostile');
  const server = await startServer();
  await server.signInHere();
  const line = await scriptLine(server);
  const other = await Site.start({ '/': hostile });

  // Leaks.
  const names = readdirSync(hostile)
    .filter((name) => name.endsWith('.html') && name !== 'frame.html')
    .sort();
  const pages = await Site.start({ '/': hostile }, { line, other: other.origin });
  const plain = await Site.start({ '/': hostile }, { other: other.origin });
  const tabs = await person({ viewport: VIEW });
  const start = await Site.start({ '/': at('../pages/plain') }, { line });
  let leaks = 0;
  let controlLeaks = 0;
  let missing = 0;
  {
    const session = await server.createSession('Leaks');
    const tap = await share(tabs, server, session, `${pages.origin}/${names[0]}`);
    for (const name of names) {
      const result = await drive(tabs, tap, `${pages.origin}/${name}`);
      leaks += result.secrets.length;
      missing += result.missing.length;
      if (result.secrets.length + result.missing.length > 0) console.error(name, result);
    }
    const control = await person();
    for (const name of names) {
      const events = await stockEvents(control, `${plain.origin}/${name}`);
      controlLeaks += canariesIn(Buffer.from(events), SECRET).size;
    }
  }

  // Fidelity.
  const real = await Site.start(
    { '/npm/': at('../node_modules'), ...manuals(), '/': at('../pages/real') },
    { line },
  );
  const manual = [
    ...('/rust/' in manuals()
      ? ['rust/book/index.html', 'rust/std/vec/struct.Vec.html', 'rust/reference/introduction.html']
      : []),
    ...('/valgrind/' in manuals() ? ['valgrind/index.html'] : []),
  ];
  const views = [
    'adminlte',
    'tabler',
    'swagger',
    'reveal',
    'echarts',
    'shoelace',
    'webgl',
    'frames',
    'rtl',
  ].map((name) => `${name}.html`);
  const session = await server.createSession('Fidelity');
  const customer = await person({ viewport: VIEW });
  const tap = await share(customer, server, session, `${real.origin}/adminlte.html`);
  const watching = await person({ viewport: VIEW });
  const looker = await Looker.open(watching, server, session);
  await looker.show();
  const blank = await person();
  const ink: Record<string, number> = {};
  for (const view of [...views, ...manual]) {
    await customer.goto(`${real.origin}/${view}`, { waitUntil: 'load' });
    await customer.waitForTimeout(3_000);
    // Longer than the time between two looks at canvases.
    await tap.quiet(customer, 1_000);
    await customer.mouse.move(0, 0);
    await customer.evaluate(() => document.querySelector('sightline-panel')?.remove());
    const name = view.replaceAll('/', '_');
    const shown = await customer.screenshot({
      path: file(`${name}-customer.png`),
      animations: 'disabled',
    });
    const replayed = await watching.screenshot({
      path: file(`${name}-replay.png`),
      animations: 'disabled',
    });
    ink[view] = await inkFidelity(blank, shown, replayed);
    console.error(view, ink[view], Date.now() % 1_000_000, tap.sent.length);
  }
  const shares = Object.values(ink).map((each) => each * 100);
  console.error(ink);

  // First view with warm assets.
  let from = tap.sent.length;
  await customer.goto(`${real.origin}/adminlte.html`);
  await customer.waitForTimeout(1_500);
  const firstView = tap.sent.slice(from);
  const upTo = firstView.findIndex((each) => each[0] === 1);
  const firstViewBytes = firstView.slice(0, upTo + 1).reduce((sum, each) => sum + each.length, 0);

  // Main-thread block on ten thousand nodes.
  await customer.goto(`${real.origin}/nodes.html`);
  await customer.waitForTimeout(2_500);
  const figures = await customer.evaluate(() =>
    (
      window as unknown as { sightlineFigures: () => { blockMs: number; nodes: number } }
    ).sightlineFigures(),
  );
  console.error(figures);

  // Typing.
  await customer.goto(`${start.origin}/shop.html`);
  const typing = await person({ viewport: VIEW });
  const typingTap = await share(
    typing,
    server,
    await server.createSession('Typing'),
    `${start.origin}/shop.html`,
  );
  await typingTap.quiet(typing);
  from = typingTap.sent.length;
  await typing
    .locator('#note')
    .pressSequentially('It does not get warm any more since last Tuesday evening.', { delay: 120 });
  const typedMs = 57 * 120;
  const typedBytes = typingTap.sent.slice(from).reduce((sum, each) => sum + each.length, 0);

  // From a change in the page to the replay.
  const liveSession = await server.createSession('Latency');
  const live = await person({ viewport: VIEW });
  const liveTap = await share(live, server, liveSession, `${start.origin}/shop.html`);
  await firstFrame(live, liveTap);
  const second = await Looker.open(watching, server, liveSession);
  await second.show();
  await watching.waitForTimeout(1_500);
  const replayFrame = watching.frames().find((each) => /\/r\/[0-9a-f]+\/$/.test(each.url()));
  if (replayFrame === undefined) throw new Error('no replay');
  await replayFrame.evaluate(() => {
    const seen: Record<string, number> = {};
    Object.assign(window, { seen });
    const page = document.querySelector('iframe')?.contentDocument;
    if (page == null) throw new Error('no page');
    new MutationObserver(() => {
      for (const [tick] of (page.body.textContent ?? '').matchAll(/tick \d+;/g))
        seen[tick] ??= Date.now();
    }).observe(page, { subtree: true, childList: true, characterData: true });
  });
  const changed = await live.evaluate(async () => {
    const made: Record<string, number> = {};
    const grow = document.querySelector('#grow');
    for (let i = 0; i < 80; i++) {
      const row = document.createElement('p');
      row.textContent = `tick ${i};`;
      made[`tick ${i};`] = Date.now();
      if (i % 10 === 0) grow?.replaceChildren();
      grow?.append(row);
      await new Promise((resolve) => setTimeout(resolve, 90 + ((i * 37) % 50)));
    }
    return made;
  });
  await watching.waitForTimeout(500);
  const seen = await replayFrame.evaluate(
    () => (window as unknown as { seen: Record<string, number> }).seen,
  );
  const delays = Object.entries(changed).flatMap(([tick, ms]) =>
    seen[tick] === undefined ? [] : [seen[tick] - ms],
  );
  if (delays.length < 70) throw new Error(`only ${delays.length} of 80 changes arrived`);

  // Control.
  const controlSession = await server.createSession('Control');
  const controlled = await person({ viewport: VIEW });
  await share(controlled, server, controlSession, `${start.origin}/blocked.html`);
  const agent = await Looker.open(await person(), server, controlSession);
  await grant(controlled, agent);
  const effects = await attack(controlled, agent);
  for (const each of effects) console.error(each);

  const sizes = JSON.parse(
    readFileSync(join(WEB, '../packages/cobrowse/dist/sizes.json'), 'utf8'),
  ) as { full_gzip: number };
  const result = {
    bench: 'cobrowse',
    leaks,
    control_leaks: controlLeaks,
    pages: names.length,
    missing_public: missing,
    ink_median: round(quantile(shares, 0.5), 2),
    ink_worst: round(Math.min(...shares), 2),
    ink_pages: shares.length,
    change_to_replay_p50_ms: round(quantile(delays, 0.5)),
    change_to_replay_p95_ms: round(quantile(delays, 0.95)),
    first_view_kb: round(firstViewBytes / 1024),
    typing_kb_per_min: round(((typedBytes / typedMs) * 60_000) / 1024, 2),
    record_block_ms: round(figures.blockMs),
    script_gzip_kb: round(sizes.full_gzip / 1024),
    blocked_attacks: ATTACKS.length + 1,
    blocked_effects: effects.length,
  };
  const where = process.env['SIGHTLINE_BENCH_RESULT'];
  if (where !== undefined) writeFileSync(where, JSON.stringify(result));
  else console.log(JSON.stringify(result));
  for (const each of [other, pages, plain, start, real]) await each.stop();
});
