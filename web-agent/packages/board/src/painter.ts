import type { Annotation, AnnotationId, Shape } from '@sightline/protocol';
import { edgeArrow, isInside, type Rect } from './edge';
import {
  apply,
  type Homography,
  type Mapping,
  mapLine,
  mappingOf,
  type Point,
  STILL,
} from './geometry';
import { distanceToLine } from './hit';
import { type DrawnAnnotation, type Placement, place, type TargetFrame } from './placement';
import { PoseStore } from './pose-store';
import { drawEdgeArrow, drawPin, drawShape } from './render';
import type { AuthorLook, Scene } from './scene';
import { shapeLine } from './shapes';

const HIT_PX = 16;

/** Where the picture lies in the view. */
export interface Stage {
  readonly screenFromFrame: Homography;
  /** The part of the view that shows some of the picture. */
  readonly visible: Rect;
  /** Frame width by height. */
  readonly aspect: number;
}

/** Something on the canvas that can be hit. */
interface Hittable {
  readonly id: AnnotationId;
  readonly shape: Shape;
  readonly screenFromDrawn: Mapping;
}

/** What was painted in one go. */
export class Painting {
  static readonly EMPTY = new Painting([], []);
  readonly drawn: readonly DrawnAnnotation[];
  readonly #hittable: readonly Hittable[];

  constructor(drawn: readonly DrawnAnnotation[], hittable: readonly Hittable[]) {
    this.drawn = drawn;
    this.#hittable = hittable;
  }

  /** Topmost annotation near a point in CSS pixels of the canvas. */
  hitTest(screen: Point): AnnotationId | null {
    for (const { id, shape, screenFromDrawn } of this.#hittable.toReversed()) {
      const line = mapLine(screenFromDrawn, shapeLine(shape));
      if (distanceToLine(screen, line) <= HIT_PX) return id;
    }
    return null;
  }
}

/** Paints the scene on one frame. */
export function paint(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  stage: Stage,
  target: TargetFrame,
  poses: PoseStore,
): Painting {
  const drawn: DrawnAnnotation[] = [];
  const hittable: Hittable[] = [];
  for (const annotation of scene.annotations) {
    if (annotation.surface !== scene.surface) continue;
    const { id, anchor } = annotation;
    const placement = place(annotation, target, poses, scene.states.get(anchor));
    const look = scene.author(annotation.author);
    const emphasised = id === scene.highlighted;
    drawn.push({
      ...paintOne(ctx, annotation, placement, { look, emphasised }, scene, stage, target),
      id,
      anchor,
    });
    if (placement.frameFromDrawn !== null) {
      const screenFromDrawn = mappingOf(stage.screenFromFrame, placement.frameFromDrawn);
      hittable.push({ id, shape: annotation.shape, screenFromDrawn });
    }
  }
  const look = scene.ownLook?.();
  for (const pending of scene.pending) {
    if (pending.surface !== scene.surface || look === undefined) continue;
    const { attach, shape, width, frameTime } = pending;
    const annotation = { anchor: 0, attach, shape, width, frame_time: frameTime };
    const placement = place(annotation, target, new PoseStore(), undefined);
    drawn.push({
      ...paintOne(ctx, annotation, placement, { look, emphasised: false }, scene, stage, target),
      id: null,
      anchor: null,
    });
  }
  if (scene.draft !== null) {
    const style = { ...scene.draft, alpha: 1, emphasised: false };
    const screenFromDrawn = mappingOf(stage.screenFromFrame, STILL);
    drawShape(ctx, scene.draft.shape, style, screenFromDrawn, stage.aspect);
  }
  return new Painting(drawn, hittable);
}

function paintOne(
  ctx: CanvasRenderingContext2D,
  annotation: Pick<Annotation, 'shape' | 'width'>,
  placement: Placement,
  { look, emphasised }: { readonly look: AuthorLook; readonly emphasised: boolean },
  scene: Scene,
  stage: Stage,
  target: TargetFrame,
): Omit<DrawnAnnotation, 'id' | 'anchor'> {
  const { frameFromDrawn, center, status, reason, poseFrameTime } = placement;
  const screen = center === null ? null : apply(stage.screenFromFrame, center);
  if (frameFromDrawn !== null) {
    const screenFromDrawn = mappingOf(stage.screenFromFrame, frameFromDrawn);
    const style = {
      color: look.color,
      width: annotation.width,
      alpha: status === 'uncertain' ? 0.45 : status === 'pending' ? 0.8 : 1,
      emphasised,
    };
    drawShape(ctx, annotation.shape, style, screenFromDrawn, stage.aspect);
    if (status === 'fixed') {
      const line = mapLine(screenFromDrawn, shapeLine(annotation.shape));
      drawPin(ctx, line, stage.visible);
    }
  }
  if (screen !== null && !isInside(stage.visible, screen) && scene.edgeArrows) {
    const arrow = edgeArrow(stage.visible, screen);
    drawEdgeArrow(ctx, arrow.at, arrow.angle, look.color);
  }
  return {
    status,
    reason,
    drawn: frameFromDrawn !== null,
    screen,
    frame: center,
    frameTime: target.frameTime,
    poseFrameTime,
  };
}
