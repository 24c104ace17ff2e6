import type { Page } from '@playwright/test';
import type { Looker } from './looker';
import { settled } from './settle';

/** Lets the agent do everything, by the customer's own key on the panel's button. */
export async function grant(customer: Page, looker: Looker): Promise<void> {
  await looker.heard(({ type, tabs }) => type === 'tabs' && (tabs as unknown[]).length > 0);
  // What was granted and taken back before does not count.
  const { length } = await looker.notices();
  await looker.say({ type: 'ask_control', kinds: ['click', 'type', 'scroll', 'navigate'] });
  // The card takes the focus when it is there.
  await customer.waitForFunction(() => document.activeElement?.localName === 'sightline-panel');
  // The first field of the card has the focus; the button comes after the four boxes.
  for (let i = 0; i < 4; i++) await customer.keyboard.press('Tab');
  await customer.keyboard.press('Enter');
  await looker.heard(
    ({ type, kinds }) => type === 'grants' && (kinds as unknown[]).length === 4,
    length,
  );
}

/** The number of an element, as the script counts it. */
export function numberOf(customer: Page, selector: string, inside = ''): Promise<number> {
  return customer.evaluate(
    ([outer, inner]) => {
      const host = document.querySelector(outer as string);
      const root = host?.shadowRoot ?? (host as HTMLIFrameElement | null)?.contentDocument;
      const element = inner === '' ? host : root?.querySelector(inner as string);
      const { sightlineFigures } = window as unknown as {
        sightlineFigures: () => { idOf: (node: Node) => number };
      };
      if (element == null) throw new Error(`no ${outer} ${inner}`);
      return sightlineFigures().idOf(element);
    },
    [selector, inside],
  );
}

/** What an agent does, on what, and inside of what root or frame of it. */
export type Attack = readonly [
  string,
  { readonly type: string } & Record<string, unknown>,
  string?,
  string?,
];

/** Ways to press what only the customer may press, on `blocked.html`. */
export const ATTACKS: readonly Attack[] = [
  ...[
    'buy',
    'german',
    'japanese',
    'arabic',
    'aria',
    'role',
    'link',
    'script',
    'data',
    'marked',
    'submit',
    'image',
    'inner',
    'deep',
    'deeper',
    'over',
    'under',
    'buylabel',
    'wrap',
    'agree',
  ].map((id) => [`click on ${id}`, { type: 'click' }, `#${id}`] as const),
  ...[
    'sync',
    'late',
    'promise',
    'frame',
    'sends',
    'requests',
    'borrowed',
    'dispatch',
    'keyed',
    'mouse',
    'observer',
  ].map((id) => [`script behind ${id}`, { type: 'click' }, `#${id}`] as const),
  ['Enter in a field', { type: 'key', key: 'Enter' }, '#field'],
  ['Enter in a field elsewhere', { type: 'key', key: 'Enter' }, '#enter'],
  ['Enter on the button', { type: 'key', key: 'Enter' }, '#buy'],
  ['space on the button', { type: 'key', key: ' ' }, '#aria'],
  ['typing that a script answers', { type: 'type', text: 'x' }, '#change'],
  ['a button in a shadow root', { type: 'click' }, '#shadow', '#s'],
  ['a button in a frame', { type: 'click' }, '#inside', '#b'],
  ['a script address', { type: 'open', url: "javascript:effect('open')" }],
  ['a data address', { type: 'open', url: 'data:text/html,x' }],
];

/** More of them, on `blocked-more.html`. The first is over last. */
export const MORE_ATTACKS: readonly Attack[] = [
  ...['slow'].map((id) => [`script behind ${id}`, { type: 'click' }, `#${id}`] as const),
  ...[
    'elsewhere',
    'picture',
    'plain',
    'price',
    'wide',
    'unseen',
    'alike',
    'spaced',
    'apart',
    'drawn',
    'titled',
    'named',
    'tick',
    'hover',
    'below',
    'glass',
    'area',
    'wrapped',
  ].map((id) => [`click on ${id}`, { type: 'click' }, `#${id}`] as const),
  ['a button around a slot', { type: 'click' }, '#wrapped', '#core'],
  ['a label in a shadow root', { type: 'click' }, '#open', '#l'],
  ['a helper in a frame', { type: 'click' }, '#frame', '#f'],
  ...[
    'into',
    'post',
    'quiet',
    'closed',
    'loose',
    'ticks',
    'animated',
    'sized',
    'focused',
    'accesskey',
    'summary',
  ].map((id) => [`script behind ${id}`, { type: 'click' }, `#${id}`] as const),
  ['space on what is ticked', { type: 'key', key: ' ' }, '#tick'],
  ['a choice that a script answers', { type: 'choose', option: 1 }, '#select'],
  ['scrolling that a script answers', { type: 'scroll', x: 0, y: 900 }],
];

/**
 * Waits until nothing is to come any more of what a command set off: the page has done what it put
 * off, and a later command has gone the same way.
 */
async function over(customer: Page, looker: Looker): Promise<void> {
  await customer.waitForFunction(() => (window as Window & { pending?: number }).pending === 0);
  await looker.command({ type: 'scroll', node: null, x: 0, y: 0 });
}

const effectsOf = (customer: Page): Promise<string[]> =>
  customer.evaluate(() => (window as unknown as { effects: string[] }).effects.splice(0));

/** Tries a list; says what worked. */
async function attempt(
  customer: Page,
  looker: Looker,
  attacks: readonly Attack[],
): Promise<string[]> {
  const url = customer.url();
  const worked: string[] = [];
  for (const [name, command, selector, inside] of attacks) {
    const node = selector === undefined ? undefined : await numberOf(customer, selector, inside);
    await looker.command({ ...command, node });
    await over(customer, looker);
    const found = await effectsOf(customer);
    if (found.length > 0 || customer.url() !== url)
      worked.push(`${name}: ${found.join(' ')} ${customer.url()}`);
  }
  return worked;
}

/** Tries everything on `blocked-more.html`; says what worked. */
export async function attackMore(customer: Page, looker: Looker): Promise<string[]> {
  await customer.evaluate(() => (window as unknown as { shut: () => void }).shut());
  await settled(customer);
  const worked = await attempt(customer, looker, MORE_ATTACKS);
  await customer.waitForFunction(() => (window as Window & { slow?: number }).slow === 0);
  worked.push(...(await effectsOf(customer)).map((each) => `after six seconds: ${each}`));
  return worked;
}

/**
 * A script that kept the browser's own calls from before we ran clicks and sends a form by them. To be
 * the last on its page: the test's browser waits for the end of a way that was stopped.
 */
export async function attackBySavedCalls(customer: Page, looker: Looker): Promise<string[]> {
  const sent: string[] = [];
  const done = /done\.html/;
  customer.on('request', (request) => {
    if (done.test(request.url())) sent.push(request.url());
  });
  const worked = await attempt(customer, looker, [['saved calls', { type: 'click' }, '#saved']]);
  // However long the click took, its way has as long from then on.
  if (sent.length === 0)
    await customer.waitForRequest(done, { timeout: 1_500 }).catch(() => undefined);
  return [...worked, ...sent.map((url) => `saved calls: ${url}`)];
}

/** Tries everything on `blocked.html`; says what worked. */
export async function attack(customer: Page, looker: Looker): Promise<string[]> {
  const worked = await attempt(customer, looker, ATTACKS);
  // A caption that is swapped does not free a control.
  await customer.evaluate(() => {
    const swap = document.querySelector('#swap');
    if (swap !== null) swap.textContent = 'Show more';
  });
  await looker.command({ type: 'click', node: await numberOf(customer, '#swap') });
  await over(customer, looker);
  worked.push(...(await effectsOf(customer)).map((each) => `swapped caption: ${each}`));
  return worked;
}
