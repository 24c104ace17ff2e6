import { fileURLToPath } from 'node:url';
import { ATTACKS, attack, grant } from '../src/cobrowse/attacks';
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
  const session = await server.createSession('Control');
  const customer = await person();
  await share(customer, server, session, `${site.origin}/blocked.html`);
  const agent = await Looker.open(await person(), server, session);
  await grant(customer, agent);
  const effects = await attack(customer, agent);
  for (const each of effects) console.error(each);
  report({ blocked_attacks: ATTACKS.length + 1, blocked_effects: effects.length });
  await site.stop();
});
