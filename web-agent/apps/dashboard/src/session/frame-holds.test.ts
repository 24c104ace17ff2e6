import { expect, it, vi } from 'vitest';
import { FrameHolds } from './frame-holds';
import { surface } from './model/fixtures';

const camera = surface().id;

function holds() {
  const holdFrame = vi.fn();
  return { holds: new FrameHolds({ holdFrame }), holdFrame };
}

it('keeps a frozen frame although a line on it is finished', () => {
  const { holds: frozenAndDrawn, holdFrame } = holds();
  frozenAndDrawn.holdFrame(camera, 9_000, true);
  frozenAndDrawn.holdFrame(camera, 9_000, true);
  frozenAndDrawn.holdFrame(camera, 9_000, false);
  expect(holdFrame).toHaveBeenCalledExactlyOnceWith(camera, 9_000, true);
  frozenAndDrawn.holdFrame(camera, 9_000, false);
  expect(holdFrame).toHaveBeenLastCalledWith(camera, 9_000, false);
});

it('tells frames and surfaces apart', () => {
  const { holds: apart, holdFrame } = holds();
  apart.holdFrame(camera, 9_000, true);
  apart.holdFrame(camera, 12_000, true);
  apart.holdFrame('sur_otherone', 9_000, true);
  apart.holdFrame(camera, 12_000, false);
  expect(holdFrame).toHaveBeenCalledTimes(4);
  expect(holdFrame).toHaveBeenLastCalledWith(camera, 12_000, false);
});

it('lets go of nothing that it does not keep', () => {
  const { holds: empty, holdFrame } = holds();
  empty.holdFrame(camera, 9_000, false);
  expect(holdFrame).not.toHaveBeenCalled();
});

it('asks once for each frame on a new connection', () => {
  const { holds: kept, holdFrame } = holds();
  kept.holdFrame(camera, 9_000, true);
  kept.holdFrame(camera, 9_000, true);
  kept.holdFrame(camera, 12_000, true);
  kept.holdFrame(camera, 12_000, false);
  holdFrame.mockClear();
  kept.again();
  expect(holdFrame).toHaveBeenCalledExactlyOnceWith(camera, 9_000, true);
});
