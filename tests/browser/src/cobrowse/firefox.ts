import { openFirefox } from '../firefox';
import type { Server } from '../server';
import { drive } from './drive';
import { framedSites } from './site';
import { accept, scriptLine } from './visit';
import { Wire } from './wire';

/**
 * Drives hostile pages in Firefox, in tabs of one window, and looks at every byte that goes to the
 * server. Says what leaked or is missing, and what the same wire shows of a page that tells its secret.
 */
export async function hostileInFirefox(
  server: Server,
  folder: string,
  names: readonly string[],
): Promise<{ problems: string[]; leaks: number; missing: number; control: string[] }> {
  await server.signInHere();
  const wire = await Wire.start(server.origin);
  const line = (await scriptLine(server)).replaceAll(server.origin, wire.origin);
  const [site, other] = await framedSites(folder, line, wire.origin);
  const { browser, page } = await openFirefox();
  const problems: string[] = [];
  let [leaks, missing] = [0, 0];
  try {
    const session = await server.createSession('Firefox');
    const { code } = await server.invite(session);
    await page.goto(`${site.origin}/frame.html#sightline-${code}`);
    await accept(page, wire);
    for (const name of names) {
      const found = await drive(page, wire, `${site.origin}/${name}`);
      leaks += found.secrets.length;
      missing += found.missing.length;
      if (found.secrets.length + found.missing.length > 0)
        problems.push(
          `${name}: leaked ${found.secrets.join(' ') || 'nothing'}; missing ${found.missing.join(' ') || 'nothing'}`,
        );
    }
    const from = wire.sent.length;
    await page.evaluate(`fetch('${wire.origin}/co.js?ZSEC999Q').then(() => true)`);
    return { problems, leaks, missing, control: [...wire.leaks(from)] };
  } finally {
    await browser.close();
    await site.stop();
    await other.stop();
    await wire.stop();
  }
}
