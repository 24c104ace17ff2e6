import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { followedInFirefox, hostileInFirefox } from '../src/cobrowse/firefox';
import { expect, test } from '../src/test';

const PLAIN = fileURLToPath(new URL('../pages/plain', import.meta.url));
const FOLDER = fileURLToPath(new URL('../pages/hostile', import.meta.url));

/** One page of each way that a secret could take; all of them run in `make bench-cobrowse`. */
const SOME = /^(01|02|05|06|08|09|10|11|13|15|16|20|21|22|27|28|30|33|34|38|42|44|47|48|49|51)-/;

test('Firefox: no secret leaves the tab, everything public does', async ({ startServer }) => {
  test.setTimeout(240_000);
  const names = readdirSync(FOLDER).filter((name) => SOME.test(name));
  const { problems, control } = await hostileInFirefox(await startServer(), FOLDER, names);
  expect(problems).toEqual([]);
  expect(names.length).toBeGreaterThanOrEqual(20);
  // Control: a secret that a page sends by itself over the same wire is seen.
  expect(control).toEqual(['ZSEC999Q']);
});

test('Firefox: a session goes on at another of the company’s sites by a link and by a form', async ({
  startServer,
}) => {
  const { urls, resumed, snapshots, asked } = await followedInFirefox(await startServer(), PLAIN);
  expect(urls).toEqual(['/second.html?a=1#part', '/second.html']);
  expect(resumed).toBe(2);
  expect(snapshots).toEqual([true, true]);
  expect(asked).not.toContain('sightline-move');
});
