import type { AnchorStatus, PosePacket } from '@sightline/protocol';
import {
  applyWarp,
  frameTimeDistance,
  type Point,
  type Warp,
  warpBetween,
  warpFromPose,
} from './geometry';

/** Longest time without a pose during which a drawing may still be shown, in frame-time ticks. */
export const MAX_EXTRAPOLATION_TICKS = 0.15 * 90_000;
/**
 * A picture may be further ahead of its newest pose, by up to this much, as long as the thing would
 * move by no more than this share of the picture's width meanwhile: a camera that is held still.
 */
const MAX_CALM_TICKS = 90_000;
const CALM_SHARE = 0.02;
/** Velocity is measured over about this much, to keep the noise of single poses out of it. */
const VELOCITY_TICKS = 0.1 * 90_000;
const POSES_KEPT = 90;
const ANCHORS_KEPT = 2_000;

interface KnownPose {
  readonly frameTime: number;
  readonly status: Exclude<AnchorStatus, 'fixed'>;
  readonly frameFromDrawn: Warp;
}

/** Where an anchor is in a frame. */
export interface PlacedAnchor {
  readonly status: 'tracking' | 'uncertain';
  readonly frameFromDrawn: Warp;
  /** Frame of the pose that this comes from, the older one when between two. */
  readonly poseFrameTime: number;
}

/** `lost`: known not to be known; `none`: nothing was ever heard of it. */
export type PoseAnswer = PlacedAnchor | 'lost' | 'none';

/** Poses of one surface, by anchor and frame time. Frame times wrap. */
export class PoseStore {
  readonly #byAnchor = new Map<number, KnownPose[]>();
  #around: number | null = null;

  clear(): void {
    this.#byAnchor.clear();
  }

  /**
   * A store for a picture that stands still: it has the poses around its frame and takes only those,
   * so that they are not pushed out by newer ones.
   */
  copy(frameTime: number | null): PoseStore {
    const copy = new PoseStore();
    copy.#around = frameTime;
    for (const [anchor, known] of this.#byAnchor) {
      copy.#byAnchor.set(
        anchor,
        known.filter((pose) => copy.#wants(pose.frameTime)),
      );
    }
    return copy;
  }

  #wants(frameTime: number): boolean {
    if (this.#around === null) return true;
    return Math.abs(frameTimeDistance(frameTime, this.#around)) <= MAX_EXTRAPOLATION_TICKS;
  }

  take(packet: PosePacket): void {
    if (!this.#wants(packet.frameTime)) return;
    for (const pose of packet.poses) {
      // What is fixed to the screen has no pose; its state says so.
      if (pose.status === 'fixed') continue;
      let known = this.#byAnchor.get(pose.anchor);
      if (known === undefined) {
        if (this.#byAnchor.size >= ANCHORS_KEPT) continue;
        known = [];
        this.#byAnchor.set(pose.anchor, known);
      }
      insert(known, {
        frameTime: packet.frameTime,
        status: pose.status,
        frameFromDrawn: warpFromPose(pose),
      });
    }
  }

  /** The newest pose, whatever frame it is for. */
  newest(anchor: number): PoseAnswer {
    const last = this.#byAnchor.get(anchor)?.at(-1);
    return last === undefined ? 'none' : placed(last);
  }

  /**
   * Where the anchor is in the frame with this frame time: exactly when its pose came; between two
   * poses in between; after the newest by extrapolation for at most 150 ms; else lost.
   *
   * @param center for a picture that is ahead of all poses by nature: the middle of the drawing on
   *   the drawn-on frame; while it hardly moves, the place is good for up to a second
   */
  at(anchor: number, frameTime: number, center: Point | null = null): PoseAnswer {
    const known = this.#byAnchor.get(anchor);
    if (known === undefined || known.length === 0) return 'none';
    const after = known.findIndex((pose) => frameTimeDistance(pose.frameTime, frameTime) > 0);
    const index = (after < 0 ? known.length : after) - 1;
    const before = known[index];
    // Poses before the first frame that was tracked do not exist.
    if (before === undefined) return 'none';
    const since = frameTimeDistance(frameTime, before.frameTime);
    if (since === 0 || before.status === 'lost') return placed(before);
    if (since > MAX_EXTRAPOLATION_TICKS) {
      const calm = after < 0 && center !== null && this.#isCalm(known, index, since, center);
      return calm ? placed(before) : 'lost';
    }
    const next = after < 0 ? undefined : known[after];
    if (next !== undefined) {
      const gap = frameTimeDistance(next.frameTime, before.frameTime);
      if (next.status === 'lost' || gap > MAX_EXTRAPOLATION_TICKS) return 'lost';
      return moved(before, before, next, since / gap);
    }
    const earlier = this.#earlier(known, index);
    if (earlier === null) return placed(before);
    const span = frameTimeDistance(before.frameTime, earlier.frameTime);
    return moved(before, earlier, before, 1 + since / span);
  }

  #isCalm(known: readonly KnownPose[], index: number, since: number, center: Point): boolean {
    const [now, then] = [known[index], this.#earlier(known, index)];
    if (now === undefined || then === null || since > MAX_CALM_TICKS) return false;
    const [a, b] = [applyWarp(now.frameFromDrawn, center), applyWarp(then.frameFromDrawn, center)];
    if (a === null || b === null) return false;
    const span = frameTimeDistance(now.frameTime, then.frameTime);
    return (Math.hypot(a[0] - b[0], a[1] - b[1]) / span) * since <= CALM_SHARE;
  }

  /** The pose that velocity is measured from: the oldest of an unbroken run that is recent enough. */
  #earlier(known: readonly KnownPose[], index: number): KnownPose | null {
    const last = known[index];
    if (last === undefined) return null;
    let found: KnownPose | null = null;
    for (let at = index - 1; at >= 0; at--) {
      const pose = known[at];
      if (pose === undefined || pose.status === 'lost') break;
      const age = frameTimeDistance(last.frameTime, pose.frameTime);
      if (age > MAX_EXTRAPOLATION_TICKS) break;
      found = pose;
      if (age >= VELOCITY_TICKS) break;
    }
    return found;
  }
}

function insert(known: KnownPose[], pose: KnownPose): void {
  let at = known.length;
  while (at > 0) {
    const before = known[at - 1];
    if (before === undefined) break;
    const distance = frameTimeDistance(pose.frameTime, before.frameTime);
    if (distance > 0) break;
    if (distance === 0) return;
    at -= 1;
  }
  known.splice(at, 0, pose);
  if (known.length > POSES_KEPT) known.shift();
}

function placed(pose: KnownPose): PoseAnswer {
  const { status, frameFromDrawn, frameTime } = pose;
  return status === 'lost' ? 'lost' : { status, frameFromDrawn, poseFrameTime: frameTime };
}

/** `from + (to - from) * share`, element by element; good for the small motions of 150 ms. */
function moved(from: KnownPose, a: KnownPose, b: KnownPose, share: number): PlacedAnchor {
  const uncertain = a.status === 'uncertain' || b.status === 'uncertain';
  return {
    status: uncertain ? 'uncertain' : 'tracking',
    frameFromDrawn: warpBetween(a.frameFromDrawn, b.frameFromDrawn, share),
    poseFrameTime: from.frameTime,
  };
}
