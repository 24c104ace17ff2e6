import type { AnchorState, AnchorStatus, Annotation, PosePacket } from '@sightline/protocol';
import { describe, expect, it } from 'vitest';
import { PoseStore, place, STILL } from '../src';

const FRAME = 90_000;
const drawn: Pick<Annotation, 'anchor' | 'attach' | 'frame_time' | 'shape'> = {
  anchor: 1,
  attach: 'world',
  frame_time: FRAME,
  shape: { type: 'circle', center: [0.5, 0.25], radius: [0.1, 0.1] },
};
const live = (frameTime: number | null) => ({ frameTime, frozen: false });

function poses(frameTime: number, status: AnchorStatus = 'tracking'): PoseStore {
  const store = new PoseStore();
  const homography = [1, 0, 0.25, 0, 1, 0, 0, 0] as const;
  const pose = { anchor: 1, status, confidence: 255, homography, bend: null };
  const packet: PosePacket = { kind: 'poses', surface: 1, frameTime, ageMs: 0, poses: [pose] };
  store.take(packet);
  return store;
}

const lost = (frameTime: number): AnchorState => ({
  anchor: 1,
  surface: 'sur_aaaaaaaaaa',
  frame_time: frameTime,
  status: 'lost',
  reason: 'out_of_view',
  last_seen: [1.2, 0.5],
});

describe('an annotation', () => {
  it('moves with its pose', () => {
    const found = place(drawn, live(FRAME), poses(FRAME), undefined);
    expect(found).toMatchObject({ status: 'tracking', center: [0.75, 0.25], poseFrameTime: FRAME });
    expect(found.frameFromDrawn).not.toBeNull();
  });

  it('stays where it was drawn for a second while nothing is heard of it', () => {
    const empty = new PoseStore();
    const soon = place(drawn, live(FRAME + 45_000), empty, undefined);
    expect(soon).toMatchObject({ status: 'pending', center: [0.5, 0.25] });
    const late = place(drawn, live(FRAME + 90_001), empty, undefined);
    expect(late).toMatchObject({ status: 'lost', frameFromDrawn: null });
  });

  it('is not shown at its old place to somebody who comes later', () => {
    const found = place(drawn, live(FRAME + 90_000 * 60), new PoseStore(), undefined);
    expect(found.frameFromDrawn).toBeNull();
  });

  it('is hidden when it is lost, with the place where it was seen last', () => {
    const found = place(drawn, live(FRAME), poses(FRAME, 'lost'), lost(FRAME));
    expect(found).toEqual({
      status: 'lost',
      reason: 'out_of_view',
      frameFromDrawn: null,
      center: [1.2, 0.5],
      poseFrameTime: null,
    });
  });

  it('is hidden by the reliable path when the pose that told the loss was dropped', () => {
    const store = poses(FRAME);
    expect(place(drawn, live(FRAME + 3_000), store, lost(FRAME + 3_000)).status).toBe('lost');
    expect(place(drawn, live(FRAME), store, lost(FRAME - 3_000)).status).toBe('tracking');
  });

  it('that is fixed to the frame never moves', () => {
    const fixed = { ...drawn, attach: 'frame' as const };
    const found = place(fixed, live(FRAME), poses(FRAME, 'lost'), lost(FRAME));
    expect(found).toMatchObject({ status: 'fixed', center: [0.5, 0.25] });
  });

  it('on a blank wall stays where it was drawn, and says why', () => {
    const wall = { ...lost(FRAME), status: 'fixed', reason: 'too_few_texture' } as const;
    const later = live(FRAME + 900_000);
    const found = place(drawn, later, new PoseStore(), wall);
    expect(found).toMatchObject({
      status: 'fixed',
      reason: 'too_few_texture',
      center: [0.5, 0.25],
      frameFromDrawn: STILL,
    });
    // The same drawing lost for the same reason is not drawn.
    const gone = place(drawn, later, new PoseStore(), { ...wall, status: 'lost' });
    expect(gone.frameFromDrawn).toBeNull();
  });

  it('drawn on a still stands where it was drawn, others where their pose was', () => {
    const still = { frameTime: FRAME, frozen: true };
    expect(place(drawn, still, poses(FRAME), undefined).center).toEqual([0.5, 0.25]);
    const other = { ...drawn, frame_time: FRAME - 9_000 };
    expect(place(other, still, poses(FRAME), undefined).center).toEqual([0.75, 0.25]);
  });

  it('control: without frame times the newest pose is taken, whatever the frame', () => {
    const found = place(drawn, live(null), poses(FRAME + 90_000), undefined);
    expect(found).toMatchObject({ center: [0.75, 0.25], poseFrameTime: FRAME + 90_000 });
  });

  it('of a shape that this version does not know has no place', () => {
    const strange = { ...drawn, shape: { type: 'unknown' } as const };
    expect(place(strange, live(FRAME), poses(FRAME), undefined).center).toBeNull();
  });
});
