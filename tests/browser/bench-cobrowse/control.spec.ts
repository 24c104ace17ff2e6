import { fileURLToPath } from 'node:url';
import {
  ATTACKS,
  attack,
  attackBySavedCalls,
  attackMore,
  grant,
  MORE_ATTACKS,
} from '../src/cobrowse/attacks';
import { Looker } from '../src/cobrowse/looker';
import { Site } from '../src/cobrowse/site';
import { scriptLine, share } from '../src/cobrowse/visit';
import { test } from '../src/test';
import { report } from './report';

const PAGES = fileURLToPath(new URL('../pages/plain', import.meta.url));

test('blocked controls', async ({ startServer, person }) => {
  const server = await startServer();
  await server.signInHere();
  const site = await Site.start({ '/': PAGES }, { line: await scriptLine(server) });
  const effects: string[] = [];
  for (const [path, run] of [
    ['blocked.html', attack],
    ['blocked-more.html', attackMore],
  ] as const) {
    const session = await server.createSession('Control');
    const customer = await person();
    await share(customer, server, session, `${site.origin}/${path}`);
    const agent = await Looker.open(await person(), server, session);
    await grant(customer, agent);
    effects.push(...(await run(customer, agent)));
    if (run === attackMore) effects.push(...(await attackBySavedCalls(customer, agent)));
  }
  for (const each of effects) console.error(each);
  report({
    blocked_attacks: ATTACKS.length + 1 + MORE_ATTACKS.length + 1,
    blocked_effects: effects.length,
  });
  await site.stop();
});
