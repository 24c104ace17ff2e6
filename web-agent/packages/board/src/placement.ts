import type {
  AnchorReason,
  AnchorState,
  AnchorStatus,
  Annotation,
  AnnotationId,
} from '@sightline/protocol';
import { applyWarp, frameTimeDistance, type Point, STILL, type Warp } from './geometry';
import type { PoseAnswer, PoseStore } from './pose-store';
import { shapeCenter } from './shapes';

/** How long a drawing without any pose yet stays where it was drawn, in frame-time ticks. */
const PENDING_TICKS = 90_000;

/** What the overlay did with one annotation in the frame that it drew last. */
export interface DrawnAnnotation {
  /** Null for an own drawing that the server has not numbered yet. */
  readonly id: AnnotationId | null;
  readonly anchor: number | null;
  /** `pending`: no pose yet, drawn where it was drawn for a second at most. */
  readonly status: AnchorStatus | 'pending';
  readonly reason: AnchorReason | null;
  /** True when it is on the canvas now. */
  readonly drawn: boolean;
  /** Centre in CSS pixels of the canvas; of the last known place when not drawn; null if unknown. */
  readonly screen: Point | null;
  /** The same in shares of the frame. */
  readonly frame: Point | null;
  /** Frame on screen when it was drawn. */
  readonly frameTime: number | null;
  /** Frame of the pose that placed it; differs from `frameTime` when it was extrapolated. */
  readonly poseFrameTime: number | null;
}

/** Where an annotation goes in one frame. */
export interface Placement {
  readonly status: AnchorStatus | 'pending';
  readonly reason: AnchorReason | null;
  /** Null when it must not be drawn. */
  readonly frameFromDrawn: Warp | null;
  /** Centre in shares of the frame, of the last known place when hidden. */
  readonly center: Point | null;
  readonly poseFrameTime: number | null;
}

/** The frame that annotations are placed in. */
export interface TargetFrame {
  /** Null when unknown: then the newest pose is taken. */
  readonly frameTime: number | null;
  /** True for a still: what was drawn on it stands where it was drawn. */
  readonly frozen: boolean;
  /** True for a picture that is newer than any pose can be, such as a device's own. */
  readonly ahead?: boolean;
}

/**
 * Decides where an annotation is in a frame. Whatever is not known to be right is hidden: a drawing
 * in the wrong place is worse than none.
 */
export function place(
  annotation: Pick<Annotation, 'anchor' | 'attach' | 'frame_time' | 'shape'>,
  target: TargetFrame,
  poses: PoseStore,
  state: AnchorState | undefined,
): Placement {
  const center = shapeCenter(annotation.shape);
  const drawnOn = annotation.frame_time ?? null;
  const reason = state?.reason ?? null;
  const still = (status: Placement['status']): Placement => ({
    status,
    reason,
    frameFromDrawn: STILL,
    center,
    poseFrameTime: target.frameTime,
  });
  if (annotation.attach === 'frame' || state?.status === 'fixed') return still('fixed');
  if (target.frozen && drawnOn !== null && drawnOn === target.frameTime) return still('tracking');

  const answer: PoseAnswer =
    target.frameTime === null
      ? poses.newest(annotation.anchor)
      : poses.at(annotation.anchor, target.frameTime, target.ahead === true ? center : null);
  if (answer === 'none') {
    const fresh = state === undefined || state.status !== 'lost';
    if (fresh && isRecent(drawnOn, target.frameTime)) return still('pending');
    return hidden(state);
  }
  if (answer === 'lost' || lostSince(state, answer.poseFrameTime)) return hidden(state);
  const { status, frameFromDrawn, poseFrameTime } = answer;
  return {
    status,
    reason,
    frameFromDrawn,
    center: center === null ? null : applyWarp(frameFromDrawn, center),
    poseFrameTime,
  };
}

function hidden(state: AnchorState | undefined): Placement {
  return {
    status: 'lost',
    reason: state?.reason ?? null,
    frameFromDrawn: null,
    center: state?.last_seen ?? null,
    poseFrameTime: null,
  };
}

function isRecent(drawnOn: number | null, frameTime: number | null): boolean {
  if (drawnOn === null || frameTime === null) return true;
  return Math.abs(frameTimeDistance(frameTime, drawnOn)) <= PENDING_TICKS;
}

/** The reliable path may know of a loss whose pose packet was dropped on the other one. */
function lostSince(state: AnchorState | undefined, poseFrameTime: number): boolean {
  return state?.status === 'lost' && frameTimeDistance(state.frame_time, poseFrameTime) >= 0;
}
