import type { SurfaceId } from '@sightline/protocol';
import { expect, test, vi } from 'vitest';
import { StrokeHold } from './stroke-hold';

const camera = 'sur_camera' as SurfaceId;

function holding() {
  const holdFrame = vi.fn();
  return { hold: new StrokeHold({ holdFrame }), holdFrame };
}

test('a frame is kept from the first touch until the drawing was passed on', () => {
  const { hold, holdFrame } = holding();
  hold.begin(camera, 9_000);
  expect(holdFrame).toHaveBeenCalledExactlyOnceWith(camera, 9_000, true);
  hold.sent('a');
  expect(holdFrame).toHaveBeenCalledTimes(1);
  hold.settled('someone else');
  expect(holdFrame).toHaveBeenCalledTimes(1);
  hold.settled('a');
  expect(holdFrame).toHaveBeenLastCalledWith(camera, 9_000, false);
  hold.settled('a');
  expect(holdFrame).toHaveBeenCalledTimes(2);
});

test('a drawing that is given up lets its frame go', () => {
  const { hold, holdFrame } = holding();
  hold.begin(camera, 9_000);
  hold.giveUp();
  expect(holdFrame).toHaveBeenLastCalledWith(camera, 9_000, false);
  hold.giveUp();
  expect(holdFrame).toHaveBeenCalledTimes(2);
});
