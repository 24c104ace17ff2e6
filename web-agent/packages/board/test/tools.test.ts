import type { Shape } from '@sightline/protocol';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DrawingInput, type Overlay, type Point } from '../src';

/** A picture of 400 x 200 pixels that fills a view of 800 x 400. */
const overlay = {
  frameTime: 90_000 as number | null,
  frameSize: { width: 400, height: 200 },
  draft: null as unknown,
  frameFromScreen: ([x, y]: Point): Point => [x / 800, y / 400],
  setDraft(draft: unknown) {
    this.draft = draft;
  },
};

class Surface extends EventTarget {
  readonly style = { touchAction: '' };
  getBoundingClientRect = () => ({ left: 10, top: 20 });
  setPointerCapture = vi.fn();
}

let element: Surface;
let input: DrawingInput;
let made: { shape: Shape; frameTime: number | null; width: number }[];
const onPointer = vi.fn();
const onText = vi.fn();

/** A pointer event at CSS pixels of the element. */
function fire(type: string, [x, y]: Point, more: object = {}): void {
  const event = new Event(type, { cancelable: true });
  const fields = { clientX: x + 10, clientY: y + 20, pointerId: 1, button: 0, shiftKey: false };
  element.dispatchEvent(Object.assign(event, fields, more));
}

function drag(points: readonly Point[], more: object = {}): void {
  const [first, ...rest] = points;
  if (first === undefined) return;
  fire('pointerdown', first, more);
  for (const point of rest) fire('pointermove', point, more);
  fire('pointerup', rest.at(-1) ?? first, more);
}

beforeEach(() => {
  element = new Surface();
  made = [];
  onPointer.mockClear();
  onText.mockClear();
  overlay.frameTime = 90_000;
  overlay.draft = null;
  input = new DrawingInput({
    overlay: overlay as unknown as Overlay,
    element: element as unknown as HTMLElement,
    color: '#0072b2',
    onShape: (shape, frameTime, width) => made.push({ shape, frameTime, width }),
    onPointer,
    onText,
  });
});

describe('drawing', () => {
  it('without a tool does nothing and lets the page scroll', () => {
    drag([
      [0, 0],
      [100, 100],
    ]);
    expect(made).toEqual([]);
    expect(element.style.touchAction).toBe('');
    input.tool = 'arrow';
    expect(element.style.touchAction).toBe('none');
  });

  it('an arrow goes from the press to the release', () => {
    input.tool = 'arrow';
    drag([
      [80, 40],
      [400, 200],
    ]);
    expect(made[0]?.shape).toEqual({ type: 'arrow', from: [0.1, 0.1], to: [0.5, 0.5] });
  });

  it('carries the frame that was on screen when it began, not when it ended', () => {
    input.tool = 'freehand';
    fire('pointerdown', [80, 40]);
    overlay.frameTime = 180_000;
    fire('pointermove', [120, 80]);
    fire('pointerup', [160, 80]);
    expect(made[0]?.frameTime).toBe(90_000);
  });

  it('a circle grows from its middle and is round in pixels', () => {
    input.tool = 'circle';
    drag([
      [400, 200],
      [480, 200],
    ]);
    // 80 pixels are 0.1 of the width and 0.2 of the height.
    const shape = made[0]?.shape;
    expect(shape).toMatchObject({ type: 'circle', center: [0.5, 0.5] });
    expect(shape?.type === 'circle' ? shape.radius[0] : 0).toBeCloseTo(0.1, 6);
    expect(shape?.type === 'circle' ? shape.radius[1] : 0).toBeCloseTo(0.2, 6);
  });

  it('an ellipse with Shift', () => {
    input.tool = 'circle';
    drag(
      [
        [400, 200],
        [480, 220],
      ],
      { shiftKey: true },
    );
    const shape = made[0]?.shape;
    expect(shape?.type === 'circle' ? shape.radius[0] : 0).toBeCloseTo(0.1, 6);
    expect(shape?.type === 'circle' ? shape.radius[1] : 0).toBeCloseTo(0.05, 6);
  });

  it('a tap makes a shape of default size', () => {
    input.tool = 'circle';
    drag([[400, 200]]);
    input.tool = 'arrow';
    drag([[400, 200]]);
    expect(made[0]?.shape).toEqual({ type: 'circle', center: [0.5, 0.5], radius: [0.04, 0.08] });
    expect(made[1]?.shape).toMatchObject({ type: 'arrow', to: [0.5, 0.5] });
  });

  it('a stroke never has more points than the protocol allows', () => {
    input.tool = 'freehand';
    const many = Array.from(
      { length: 5_000 },
      (_, i): Point => [400 + 300 * Math.cos(i / 10), 200 + 150 * Math.sin(i / 10)],
    );
    drag(many);
    const shape = made[0]?.shape;
    const points = shape?.type === 'freehand' ? shape.points : [];
    expect(points.length).toBeGreaterThan(500);
    expect(points.length).toBeLessThanOrEqual(1_024);
    expect(points[0]).toEqual([700 / 800, 200 / 400]);
  });

  it('a highlighter is wider than a pen, within the limit', () => {
    input.width = 0.03;
    input.tool = 'highlight';
    drag([
      [0, 0],
      [100, 100],
    ]);
    expect(made[0]?.width).toBe(0.05);
  });

  it('does not begin outside the picture', () => {
    input.tool = 'arrow';
    drag([
      [-50, 40],
      [400, 200],
    ]);
    expect(made).toEqual([]);
  });

  it('is dropped by cancel and ignores a second finger', () => {
    input.tool = 'arrow';
    fire('pointerdown', [80, 40]);
    fire('pointermove', [400, 200], { pointerId: 2 });
    expect(overlay.draft).toMatchObject({ shape: { type: 'arrow', to: [0.1, 0.1] } });
    input.cancel();
    fire('pointerup', [400, 200]);
    expect(made).toEqual([]);
    expect(overlay.draft).toBeNull();
  });
});

describe('text and pointer', () => {
  it('asks for the text at the place and drops an empty one', () => {
    input.tool = 'text';
    fire('pointerdown', [400, 200]);
    const [screen, done] = onText.mock.calls[0] ?? [];
    expect(screen).toEqual([400, 200]);
    done('   ');
    done(null);
    expect(made).toEqual([]);
    done(` ${'x'.repeat(300)} `);
    const shape = made[0]?.shape;
    expect(shape?.type === 'text' ? shape.text.length : 0).toBe(200);
  });

  it('tells where the pointer is, and that it left', () => {
    input.tool = 'pointer';
    fire('pointermove', [400, 200]);
    expect(onPointer).toHaveBeenLastCalledWith([0.5, 0.5], 90_000);
    fire('pointermove', [900, 200]);
    expect(onPointer).toHaveBeenLastCalledWith(null, 90_000);
    fire('pointermove', [400, 200]);
    fire('pointerleave', [0, 0]);
    expect(onPointer).toHaveBeenLastCalledWith(null, 90_000);
  });
});
