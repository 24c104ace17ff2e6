/**
 * Runs inside a customer's page instead of the camera: a phone that pans over a table full of
 * things and is turned upright in the middle of the session, as a browser gives such a camera: the
 * picture stays upright and changes its shape around the same middle.
 */
import { drawBarcode } from '../barcode';
import { cameraAt, LANDSCAPE, UPRIGHT, WORLD } from '../turning';

declare global {
  interface Window {
    /** Turns the phone; gives the number of the first upright frame. */
    turnPhone: () => number;
  }
}

/** The table: rectangles of seeded places, sizes and greys (mulberry32). */
function table(): HTMLCanvasElement {
  let state = 7;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = WORLD;
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('no 2d canvas');
  pen.fillStyle = '#888';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  for (let n = 0; n < 1_400; n++) {
    const grey = Math.round(40 + 180 * random());
    pen.fillStyle = `rgb(${grey} ${grey} ${grey})`;
    const side = () => 6 + 50 * random() ** 2;
    pen.fillRect(canvas.width * random(), canvas.height * random(), side(), side());
  }
  return canvas;
}

const world = table();
const canvas = document.createElement('canvas');
[canvas.width, canvas.height] = LANDSCAPE;
const pen = canvas.getContext('2d', { alpha: false });
let frame = 0;
let turned = false;

window.turnPhone = () => {
  turned = true;
  return frame;
};

function film(): void {
  if (pen === null) return;
  const [width, height] = turned ? UPRIGHT : LANDSCAPE;
  if (canvas.width !== width) [canvas.width, canvas.height] = [width, height];
  const [x, y] = cameraAt(frame);
  pen.drawImage(world, x - width / 2, y - height / 2, width, height, 0, 0, width, height);
  drawBarcode(pen, width, { kind: 'frame', value: frame });
  frame += 1;
}

film();
setInterval(film, 1000 / 30);
const stream = canvas.captureStream(30);
navigator.mediaDevices.getUserMedia = async () => stream.clone();
