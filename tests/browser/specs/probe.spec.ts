import type { Page } from '@playwright/test';
import { clip } from '../src/clip';
import { sights, startProbe } from '../src/probe';
import { expect, test } from '../src/test';

const PAGE = `<!doctype html><style>
  body { margin: 0; background: #222 }
  video, canvas { position: absolute; left: 40px; top: 20px; width: 900px; height: 500px; object-fit: contain }
</style><video autoplay muted playsinline></video><canvas data-overlay width="900" height="500"></canvas>`;

/** Where the page under test draws its circle in a frame. */
const place = (number: number) => 0.2 + 0.006 * (number % 100);

/** A page that reads the number of each frame itself and draws a circle for it, `late` frames late. */
async function watch(page: Page, late: number): Promise<number[]> {
  await page.route('http://localhost/watch', (route) =>
    route.fulfill({ contentType: 'text/html', body: PAGE }),
  );
  await page.goto('http://localhost/watch');
  await page.evaluate(async (lateFrames) => {
    const video = document.querySelector('video');
    const pen = document.querySelector('canvas')?.getContext('2d');
    if (!video || !pen) throw new Error('no page');
    const copy = new OffscreenCanvas(640, 480).getContext('2d', { willReadFrequently: true });
    const draw = () => {
      copy?.drawImage(video, 0, 0, 640, 480);
      const code =
        copy && window.sightlineProbe.readBarcode(copy.getImageData(0, 0, 640, 16).data, 640);
      pen.clearRect(0, 0, 900, 500);
      if (code) {
        pen.strokeStyle = '#0072b2';
        pen.lineWidth = 6;
        pen.beginPath();
        // The picture is 667 wide in this view, with bars of 117 at its sides.
        pen.arc(116.7 + (0.2 + 0.006 * ((code.value - lateFrames) % 100)) * 666.7, 250, 40, 0, 7);
        pen.stroke();
      }
      video.requestVideoFrameCallback(draw);
    };
    video.requestVideoFrameCallback(draw);
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { width: 640, height: 480 },
    });
  }, late);
  await startProbe(page, { color: '#0072b2' });
  await page.waitForFunction(() => window.probe.sights.length > 60);
  const all = (await sights(page)).slice(3);
  expect(all.filter((sight) => sight.number === null)).toEqual([]);
  expect(all.every((sight) => sight.mark !== null && Math.abs(sight.mark[1] - 0.5) < 0.005)).toBe(
    true,
  );
  return all.map((sight) => Math.abs((sight.mark?.[0] ?? 9) - place(sight.number ?? 0)));
}

test('the probe sees the drawing that belongs to the frame on screen', async ({ person }) => {
  const page = await person({ camera: clip().path });
  const errors = await watch(page, 0);
  // A frame makes 0.006. A video element may move on to its next frame between two reads of it,
  // so now and then a number is off by one; never by more.
  const sorted = errors.sort((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length * 0.8)]).toBeLessThan(0.003);
  expect(sorted.at(-1)).toBeLessThan(0.008);
});

test('control: a drawing that is two frames late is noticed', async ({ person }) => {
  const page = await person({ camera: clip().path });
  const errors = await watch(page, 2);
  expect(Math.min(...errors)).toBeGreaterThan(0.003);
});
