import type { Direction, DrawnAnnotation } from '@sightline/board';

/** What the person can do to see a drawing again. */
export type Guidance = Direction | 'hold_still';

/**
 * The one hint for what was drawn last: which way to turn to the newest drawing that is out of the
 * picture; to hold still when one is lost inside it. Null when all is well.
 */
export function guidanceOf(
  drawn: readonly DrawnAnnotation[],
  directionTo: (drawn: DrawnAnnotation) => Direction | null,
): Guidance | null {
  for (const one of drawn.toReversed()) {
    if (one.status === 'pending') continue;
    const direction = directionTo(one);
    if (direction !== null) return direction;
    // Nobody can help by holding still when there is nothing to hold on to.
    const hopeless = one.reason === 'too_few_texture' || one.reason === 'no_tracker';
    if (one.status === 'lost' && !hopeless && one.reason !== 'frame_expired') return 'hold_still';
  }
  return null;
}
