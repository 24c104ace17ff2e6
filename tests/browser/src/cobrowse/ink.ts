import { writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

/** What is compared, in the page. Kept as a text, because two functions there need it. */
const COMPARE = `
async (a, b) => {
  const pixels = async (text) => {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext('2d');
    context.drawImage(picture, 0, 0);
    return context.getImageData(0, 0, picture.width, picture.height);
  };
  const [first, second] = [await pixels(a), await pixels(b)];
  const [x, y] = [new Uint32Array(first.data.buffer), new Uint32Array(second.data.buffer)];
  if (x.length !== y.length) throw new Error('the pictures differ in size');
  const counts = new Map();
  for (const pixel of x) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const [background] = [...counts].sort((p, q) => q[1] - p[1])[0] ?? [0];
  const far = (p, q) => [0, 8, 16].some((bits) => Math.abs(((p >> bits) & 255) - ((q >> bits) & 255)) > 40);
  let ink = 0;
  let same = 0;
  const canvas = new OffscreenCanvas(first.width, first.height);
  const context = canvas.getContext('2d');
  const shown = context.createImageData(first.width, first.height);
  const out = new Uint32Array(shown.data.buffer);
  for (let i = 0; i < x.length; i++) {
    const [p, q] = [x[i], y[i]];
    out[i] = 0xffffffff;
    if (p === background && q === background) continue;
    if (!far(p, background) && !far(q, background)) continue;
    ink++;
    out[i] = 0xffc0c0c0;
    if (!far(p, q)) same++;
    else out[i] = far(q, background) ? (far(p, background) ? 0xffff00ff : 0xff0000ff) : 0xffff0000;
  }
  context.putImageData(shown, 0, 0);
  const picture = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  let text = '';
  for (const byte of picture) text += String.fromCharCode(byte);
  return { share: ink === 0 ? 0 : same / ink, picture: btoa(text) };
}`;

async function compared(
  page: Page,
  shown: Buffer,
  replayed: Buffer,
): Promise<{ share: number; picture: string }> {
  const [a, b] = [shown.toString('base64'), replayed.toString('base64')];
  return await page.evaluate(`(${COMPARE})(${JSON.stringify(a)}, ${JSON.stringify(b)})`);
}

/**
 * Share of the ink that is the same in two pictures. Ink is what differs from the most frequent
 * colour of the first picture, in either of them; pixels count as equal within 40 of 255 a channel.
 */
export async function inkFidelity(page: Page, shown: Buffer, replayed: Buffer): Promise<number> {
  return (await compared(page, shown, replayed)).share;
}

/** Writes where two pictures differ: blue is missing in the second, red is too much, violet differs. */
export async function inkPicture(
  page: Page,
  shown: Buffer,
  replayed: Buffer,
  file: string,
): Promise<void> {
  const { picture } = await compared(page, shown, replayed);
  writeFileSync(file, Buffer.from(picture, 'base64'));
}
