import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { Looker } from '../src/cobrowse/looker';
import { settled, shown } from '../src/cobrowse/settle';
import { Site } from '../src/cobrowse/site';
import { scriptLine, share } from '../src/cobrowse/visit';
import { expect, test } from '../src/test';

const PAGES = fileURLToPath(new URL('../pages/plain', import.meta.url));

/** How boxes and paragraph look, as their browser computes it. */
function looks(page: Document | null | undefined): string[] {
  const boxes = [...(page?.querySelectorAll('x-box') ?? [])].map((each) =>
    each.shadowRoot?.querySelector('.box'),
  );
  return [...boxes, page?.querySelector('p')].map((element) => {
    if (element == null) return 'nothing';
    const style = element.ownerDocument.defaultView?.getComputedStyle(element);
    const sides = ['top', 'right', 'bottom', 'left'].map(
      (side) =>
        `${style?.getPropertyValue(`border-${side}-width`)} ${style?.getPropertyValue(`border-${side}-color`)} ${style?.getPropertyValue(`padding-${side}`)}`,
    );
    return `${sides.join(', ')}, ${style?.color}`;
  });
}

test('sheets that scripts make and change look the same in the replay', async ({
  startServer,
  person,
}) => {
  const server = await startServer();
  await server.signInHere();
  const site = await Site.start({ '/': PAGES }, { line: await scriptLine(server) });
  const session = await server.createSession('Sheets');
  const customer = await person();
  await share(customer, server, session, `${site.origin}/sheets.html`);
  const watching = await person();
  const looker = await Looker.open(watching, server, session);
  await looker.show();
  const theirs = (): Promise<string[]> => customer.evaluate(`(${looks})(document)`);
  const ours = async (page: Page): Promise<string[]> => {
    const replay = page.frames().find((each) => /\/r\/[0-9a-f]+\/$/.test(each.url()));
    return (await replay?.evaluate(
      `(${looks})(document.querySelector('iframe').contentDocument)`,
    )) as string[];
  };
  const seen = new Set<string>();
  for (const change of [null, 'insert', 'own', 'replace']) {
    if (change !== null) await customer.evaluate(`change.${change}()`);
    await settled(customer);
    await shown(customer, watching);
    const wanted = await theirs();
    // Control: each change is one that can be seen.
    expect(seen.has(wanted.join())).toBe(false);
    seen.add(wanted.join());
    await expect.poll(() => ours(watching), { message: `after ${change}` }).toEqual(wanted);
  }
  expect([...seen][0]).toContain('5px rgb(10, 120, 40)');
  await site.stop();
});
