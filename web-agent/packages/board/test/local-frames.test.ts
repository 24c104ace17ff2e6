import { describe, expect, it } from 'vitest';
import { LocalFrames, type PresentedFrame } from '../src';

const START = 0xffff_f000;
const UNIX_ORIGIN = 1_800_000_000_000.5;
const frameTimeAt = (ms: number) => (START + Math.round(ms * 90)) >>> 0;

/** A picture taken at a time and presented 40 ms later. */
const shown = (takenMs: number, told = true): PresentedFrame => ({
  frameTime: null,
  width: 640,
  height: 480,
  atMs: takenMs + 40,
  capturedAtMs: told ? takenMs : null,
});

/** Two seconds of poses that take 100 ms, up to 60 ms more, and the tracker's own time. */
function heard(): LocalFrames {
  const frames = new LocalFrames(UNIX_ORIGIN);
  frames.setDelay(100);
  const wobble = [40, 0, 25, 60, 10, 35];
  for (let n = 0; n < 60; n++) {
    const taken = n * 33.333;
    const ageMs = 20 + 4 * (n % 30);
    const heardAt = taken + 100 + (wobble[n % wobble.length] ?? 0) + ageMs;
    frames.take({ frameTime: frameTimeAt(taken), ageMs }, heardAt);
  }
  return frames;
}

describe('the frame times of a local picture', () => {
  it('come from the fastest pose, however much the others wobble', () => {
    expect(new LocalFrames(UNIX_ORIGIN).frameTimeOf(shown(0))).toBeNull();
    const error = ((heard().frameTimeOf(shown(3_000)) ?? 0) - frameTimeAt(3_000)) | 0;
    expect(Math.abs(error)).toBeLessThan(90 * 2);
  });

  it('are a little less exact where nobody tells when a picture was taken', () => {
    const error = ((heard().frameTimeOf(shown(3_000, false)) ?? 0) - frameTimeAt(3_000)) | 0;
    expect(Math.abs(error)).toBeLessThan(90 * 10);
  });

  it('start again when the source changes', () => {
    const frames = new LocalFrames(UNIX_ORIGIN);
    frames.setDelay(0);
    frames.take({ frameTime: 90_000 * 1_000, ageMs: 0 }, 0);
    frames.take({ frameTime: 500, ageMs: 0 }, 1_000);
    expect(frames.frameTimeOf(shown(1_000))).toBe(500);
  });

  it('are exact once the sender reports tell them, however late the poses are', () => {
    const frames = heard();
    const late = new LocalFrames(UNIX_ORIGIN);
    late.setDelay(100);
    for (let n = 0; n < 60; n++) {
      const taken = n * 33.333;
      late.take({ frameTime: frameTimeAt(taken), ageMs: 20 }, taken + 400 + 20);
    }
    const errorMs = (from: LocalFrames) =>
      (((from.frameTimeOf(shown(3_000)) ?? 0) - frameTimeAt(3_000)) | 0) / 90;
    expect(errorMs(late), 'the control: 300 ms behind').toBeCloseTo(-300, 0);
    for (const told of [frames, late]) {
      told.setClock({ frameTime: frameTimeAt(2_500), unixMs: UNIX_ORIGIN + 2_500 });
      expect(Math.abs(errorMs(told))).toBeLessThan(0.1);
    }
  });

  it('are known before the first pose where a report came', () => {
    const frames = new LocalFrames(UNIX_ORIGIN);
    frames.setClock({ frameTime: frameTimeAt(0), unixMs: UNIX_ORIGIN });
    expect(frames.frameTimeOf(shown(1_000))).toBe(frameTimeAt(1_000));
    frames.clear();
    expect(frames.frameTimeOf(shown(1_000))).toBeNull();
  });

  it('do not believe a clock by which poses come before their pictures, or long after', () => {
    for (const wrongMs of [-200, 60_000]) {
      const frames = heard();
      frames.setClock({ frameTime: frameTimeAt(2_500), unixMs: UNIX_ORIGIN + 2_500 - wrongMs });
      frames.take({ frameTime: frameTimeAt(2_600), ageMs: 0 }, 2_700);
      const error = ((frames.frameTimeOf(shown(3_000)) ?? 0) - frameTimeAt(3_000)) | 0;
      expect(Math.abs(error)).toBeLessThan(90 * 2);
    }
  });
});
