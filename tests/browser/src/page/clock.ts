import { drawBarcode } from '../barcode';

const FPS = 30;

/** Chromium's way to make a track of single pictures; not in the DOM's own types. */
declare class MediaStreamTrackGenerator extends MediaStreamTrack {
  constructor(options: { kind: 'video' });
  readonly writable: WritableStream<VideoFrame>;
}

/**
 * Draws the clock in a barcode and a moving pattern, so that an encoder has something to do,
 * 30 times a second.
 */
export function drawClock(canvas: HTMLCanvasElement, drawn: () => void = () => {}): void {
  const { width, height } = canvas;
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('no 2d canvas');
  setInterval(() => {
    const now = performance.timeOrigin + performance.now();
    pen.fillStyle = '#345';
    pen.fillRect(0, 0, width, height);
    for (let i = 0; i < 24; i++) {
      pen.fillStyle = `hsl(${i * 15} 60% 50%)`;
      const turn = now / 1500 + i;
      const [x, y] = [0.47 + 0.34 * Math.cos(turn), 0.5 + 0.31 * Math.sin(turn * 1.3)];
      pen.fillRect(x * width, y * height, 50, 40);
    }
    drawBarcode(pen, width, { kind: 'clock', value: Math.round(now) % (1 << 24) });
    drawn();
  }, 1000 / FPS);
}

/** Replaces the camera by the clock, 640x480, for latency measurements. */
export function fakeCamera(): void {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 480];
  // Each picture is handed over when it is drawn: a captured canvas would add a wait of up to two
  // pictures that differs from run to run.
  const camera = new MediaStreamTrackGenerator({ kind: 'video' });
  const writer = camera.writable.getWriter();
  drawClock(canvas, () => {
    const frame = new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1000) });
    writer.write(frame).catch(() => frame.close());
  });
  navigator.mediaDevices.getUserMedia = async () => new MediaStream([camera.clone()]);
}
