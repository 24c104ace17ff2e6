import type { Page } from '@playwright/test';
import { VALUE_LIMIT } from './barcode';
import type { Sight } from './probe';

/** Title of the page that is shown. */
export const SHOWN_TITLE = 'Something to show';

/**
 * Fills a page with a moving picture and the clock in a barcode over its whole width, so that
 * whoever looks at it through a session can tell that it is this page, and live.
 */
export async function showClock(page: Page): Promise<void> {
  await page.setContent(
    `<!doctype html><title>${SHOWN_TITLE}</title>
     <style>body{margin:0;overflow:hidden;background:#345}
     canvas{display:block;width:100vw;height:100vh}</style><canvas></canvas>`,
  );
  await page.evaluate(() => {
    const canvas = document.querySelector('canvas');
    if (canvas === null) throw new Error('the page has no canvas');
    [canvas.width, canvas.height] = [innerWidth, innerHeight];
    window.sightlineProbe.drawClock(canvas);
  });
}

/** How old the picture is that was seen, in milliseconds; null when it is not the clock. */
export function age(sight: Sight): number | null {
  if (sight.kind !== 'clock' || sight.number === null) return null;
  return (Math.round(sight.atMs) - sight.number + VALUE_LIMIT) % VALUE_LIMIT;
}
