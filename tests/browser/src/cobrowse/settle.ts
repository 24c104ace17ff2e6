import type { Page } from '@playwright/test';

/** What the script tells about itself (`Figures` of the co-browse package). */
export interface Figures {
  readonly sent: number;
  readonly blockMs: number;
  readonly nodes: number;
  readonly looks: number;
  readonly events: number;
  readonly busy: boolean;
}

/** A page of either browser. */
export interface AnyPage {
  goto(url: string, options?: { waitUntil: 'load' }): Promise<unknown>;
  evaluate<T>(run: () => T | Promise<T>): Promise<T>;
  url(): string;
  readonly keyboard: { press(key: 'Enter' | 'Escape'): Promise<unknown> };
}

export const sleep = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

export function figures(page: AnyPage): Promise<Figures | null> {
  return page.evaluate(() => {
    const { sightlineFigures } = window as Window & { sightlineFigures?: () => Figures | null };
    const now = sightlineFigures?.() ?? null;
    if (now === null) return null;
    const { sent, blockMs, nodes, looks, events, busy } = now;
    return { sent, blockMs, nodes, looks, events, busy };
  });
}

/** Asks until there is an answer. */
export async function until<T>(
  what: string | (() => string),
  ask: () => Promise<T | null | false>,
  timeoutMs = 90_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > end) {
      const missed = typeof what === 'string' ? what : what();
      throw new Error(`${missed} did not come within ${timeoutMs} ms`);
    }
    await sleep(40);
  }
}

/**
 * Waits until a shared page is sent as it stands: nothing is under way, and nothing new came between
 * looks of the script at what tells nobody when it changes.
 */
export async function settled(page: AnyPage, looks = 2): Promise<Figures> {
  let still: Figures | null = null;
  let now: Figures | null = null;
  const what = (): string => `the end of what ${page.url()} sends (${JSON.stringify(now)})`;
  return await until(what, async () => {
    now = await figures(page);
    if (now === null || now.events === 0) return null;
    if (now.busy || still === null || still.events !== now.events || still.looks > now.looks)
      still = now;
    return now.looks - still.looks >= looks && now;
  });
}

/** Waits until the script has looked a few times at a page that never comes to rest. */
export async function looked(page: AnyPage, looks = 3): Promise<Figures> {
  let from: Figures | null = null;
  return await until(`${looks} looks at ${page.url()}`, async () => {
    const now = await figures(page);
    if (now === null || now.events === 0) return null;
    from ??= now;
    return now.looks - from.looks >= looks && now;
  });
}

let marks = 0;

/**
 * Waits until the replay shows what the page shows now: a mark that nobody sees is put into the page
 * and has to arrive, and what the replay loads has to be there.
 */
export async function shown(page: Page, watching: Page): Promise<void> {
  const mark = `arrived ${++marks};`;
  await page.evaluate((text) => {
    const element = document.createElement('p');
    element.style.setProperty('display', 'none', 'important');
    element.textContent = text;
    document.body.append(element);
  }, mark);
  const replay = watching.frames().find((each) => /\/r\/[0-9a-f]+\/$/.test(each.url()));
  if (replay === undefined) throw new Error('no replay is shown');
  await replay.waitForFunction(
    (text) => {
      const frames = [...document.querySelectorAll('iframe')];
      const frame = frames.find((each) => each.style.visibility === 'visible');
      const shown = frame?.contentDocument;
      if (frames.length !== 1 || shown == null || !shown.body?.textContent?.includes(text))
        return false;
      return (
        shown.fonts.status === 'loaded' &&
        [...shown.images].every((each) => each.complete) &&
        [...shown.querySelectorAll('link')].every((each) => each.sheet !== null)
      );
    },
    mark,
    { timeout: 60_000, polling: 50 },
  );
}
