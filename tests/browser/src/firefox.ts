import { type Browser, launch, type Page } from 'puppeteer-core';
import { FIREFOX } from './paths';
import { probeScript } from './probe';

/** How long a busy machine may take for what a quiet one does in a second. */
export const PATIENCE_MS = 90_000;

/** A Firefox with a camera that is not there, allowed without a question. `preferences`: more of its own. */
export async function openFirefox(
  preferences: Readonly<Record<string, boolean>> = {},
): Promise<{ browser: Browser; page: Page }> {
  const browser = await launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    timeout: PATIENCE_MS,
    // The size is the window's own: older Firefoxes do not know all that setting a viewport asks for.
    defaultViewport: null,
    args: ['--width=1280', '--height=900'],
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      ...preferences,
    },
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.evaluateOnNewDocument(probeScript());
  return { browser, page };
}

/** Waits for an element and clicks its middle. */
export async function click(page: Page, selector: string): Promise<void> {
  const element = await page.waitForSelector(selector, { visible: true });
  await element?.click();
}
