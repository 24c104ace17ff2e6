import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { followedInFirefox, hostileInFirefox } from '../src/cobrowse/firefox';
import { expect, test } from '../src/test';

const PLAIN = fileURLToPath(new URL('../pages/plain', import.meta.url));
const FOLDER = fileURLToPath(new URL('../pages/hostile', import.meta.url));

/** One page of each way that a secret could take; all of them run in `make bench-cobrowse`. */
const SOME =
  /^(01|02|05|06|08|09|10|11|13|15|16|20|21|22|27|28|30|33|34|38|42|44|47|48|49|51|52|56|60|61|72|88)-/;

test('Firefox: no secret leaves the tab, everything public does', async ({ startServer }) => {
  const names = readdirSync(FOLDER).filter((name) => SOME.test(name));
  const found = await hostileInFirefox(await startServer(), FOLDER, names);
  expect([...found.problems, ...found.failed]).toEqual([]);
  expect(names.length).toBeGreaterThanOrEqual(20);
  // Control: a secret that a page sends by itself over the same wires is seen.
  expect(found.controls.length).toBeGreaterThan(0);
  for (const control of found.controls) expect(control).toEqual(['ZSEC999Q']);
});

/** Ways to another site: what a page does, and where the tab comes to. */
const WAYS: Readonly<Record<string, { readonly way: string; readonly path: string }>> = {
  'a link': { way: `document.querySelector('#link').click()`, path: '/second.html?a=1#part' },
  'a form': { way: `document.querySelector('#send').click()`, path: '/second.html' },
  'a form that a script sends': {
    way: `HTMLFormElement.prototype.submit.call(document.querySelector('#post'))`,
    path: '/second.html',
  },
  'a redirect': {
    way: `Object.assign(document.querySelector('#link'), { href: '{{GO}}' }).click()`,
    path: '/second.html',
  },
};
const BY_SCRIPT = `setTimeout(() => { location.href = '{{OTHER}}' })`;

test('Firefox: a session goes on at another of the company’s sites', async ({ startServer }) => {
  const ways = [...Object.values(WAYS).map(({ way }) => way), BY_SCRIPT];
  const found = await followedInFirefox(await startServer(), PLAIN, ways);
  expect(found.followed).toEqual([
    ...Object.values(WAYS).map(({ path }) => ({ path, resumed: true })),
    { path: '/second.html', resumed: true },
  ]);
  // This browser empties a tab's name between origins, and there is nothing else that would last.
  expect(found.typed).toEqual({ path: '/second.html', resumed: false });
  expect(found.asked).not.toContain('sightline-move');
});

test('Firefox before 147, without the Navigation API: scripts leave, all else goes on', async ({
  startServer,
}) => {
  const ways = [WAYS['a redirect']?.way ?? '', BY_SCRIPT];
  const older = { 'dom.navigation.webidl.enabled': false };
  const { followed } = await followedInFirefox(await startServer(), PLAIN, ways, older);
  expect(followed).toEqual([
    { path: '/second.html', resumed: true },
    { path: '/second.html', resumed: false },
  ]);
});
