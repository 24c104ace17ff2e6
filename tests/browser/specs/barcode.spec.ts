import { expect, test } from '@playwright/test';
import { type Barcode, CELLS, cellsOf, readBarcode } from '../src/barcode';
import { clip } from '../src/clip';
import { frames } from '../src/video-file';

function picture(code: Barcode, width: number): Uint8ClampedArray {
  const height = Math.floor(width / CELLS);
  const rgba = new Uint8ClampedArray(width * height * 4);
  cellsOf(code).forEach((white, cell) => {
    for (
      let x = Math.floor((cell * width) / CELLS);
      x < Math.floor(((cell + 1) * width) / CELLS);
      x++
    ) {
      for (let y = 0; y < height; y++)
        rgba.fill(white ? 240 : 12, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  });
  return rgba;
}

test('the layout is the one of the Rust encoder', () => {
  const cells = cellsOf({ kind: 'frame', value: 299 });
  expect(cells.map((white) => (white ? '1' : '0')).join('')).toBe(
    '1000010000000000000001001010110110110001',
  );
});

test('numbers survive, a damaged strip is refused', () => {
  for (const width of [160, 333, 640, 1280]) {
    for (const code of [
      { kind: 'frame', value: 0 },
      { kind: 'clock', value: 0xffffff },
    ] as const) {
      expect(readBarcode(picture(code, width), width)).toEqual(code);
    }
  }
  const damaged = picture({ kind: 'frame', value: 1234 }, 640);
  for (let y = 0; y < 16; y++) {
    const at = (y * 640 + 10 * 16) * 4;
    for (let i = at; i < at + 64; i++) damaged[i] = 252 - (damaged[i] ?? 0);
  }
  expect(readBarcode(damaged, 640)).toBeNull();
  expect(readBarcode(new Uint8ClampedArray(640 * 16 * 4).fill(128), 640)).toBeNull();
});

test('the numbers in a clip are those of its frames', async () => {
  const { path } = clip({ format: 'webm', seconds: 3 });
  const numbers: (number | undefined)[] = [];
  await frames(path, (frame) => numbers.push(readBarcode(frame.rgba, frame.width)?.value));
  expect(numbers).toEqual(Array.from({ length: 90 }, (_, i) => i));
});
