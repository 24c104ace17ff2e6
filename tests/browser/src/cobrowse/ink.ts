import type { Page } from '@playwright/test';

/**
 * Share of the ink that is the same in two pictures. Ink is what differs from the most frequent
 * colour of the first picture, in either of them; pixels count as equal within 40 of 255 a channel.
 */
export async function inkFidelity(page: Page, shown: Buffer, replayed: Buffer): Promise<number> {
  return await page.evaluate(
    async ([a, b]) => {
      const pixels = async (text: string): Promise<ImageData> => {
        const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
        const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const canvas = new OffscreenCanvas(picture.width, picture.height);
        const context = canvas.getContext('2d');
        if (context === null) throw new Error('no canvas');
        context.drawImage(picture, 0, 0);
        return context.getImageData(0, 0, picture.width, picture.height);
      };
      const [first, second] = [await pixels(a as string), await pixels(b as string)];
      const [x, y] = [new Uint32Array(first.data.buffer), new Uint32Array(second.data.buffer)];
      if (x.length !== y.length) throw new Error('the pictures differ in size');
      const counts = new Map<number, number>();
      for (const pixel of x) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
      const [background] = [...counts].sort((p, q) => q[1] - p[1])[0] ?? [0];
      const far = (p: number, q: number): boolean =>
        Math.abs((p & 255) - (q & 255)) > 40 ||
        Math.abs(((p >> 8) & 255) - ((q >> 8) & 255)) > 40 ||
        Math.abs(((p >> 16) & 255) - ((q >> 16) & 255)) > 40;
      let ink = 0;
      let same = 0;
      for (let i = 0; i < x.length; i++) {
        const [p, q] = [x[i] ?? 0, y[i] ?? 0];
        if (p === background && q === background) continue;
        if (!far(p, background) && !far(q, background)) continue;
        ink++;
        if (!far(p, q)) same++;
      }
      return ink === 0 ? 0 : same / ink;
    },
    [shown.toString('base64'), replayed.toString('base64')],
  );
}
