import { expect, test } from '@playwright/test';
import type { Agent } from './agent';
import type { Where } from './clip';
import { type Seen, sticking } from './measure';
import { type Sight, seen, watched } from './probe';

/** The top left corner of the chip. */
export const CORNER = 1;

/** Bounds of a drawing that sticks, in frame widths. */
export const BOUNDS = { median: 0.02, p95: 0.05 } as const;

/** Pictures with a number that a share of them is taken of; a busy machine shows few a second. */
export const ENOUGH = 100;

/** What the agent sees from now on, for some time and longer until it is enough. */
export async function measureSticking(
  agent: Agent,
  ms: number,
  pictures = ENOUGH,
  drawn = 0,
): Promise<Sight[]> {
  const start = await seen(agent.page, { mark: true, afterMs: Date.now() });
  return await watched(agent.page, start.atMs, { ms, pictures, drawn });
}

/** A drawing that stays where it was drawn while the camera moves: what the bounds must refuse. */
function unattached(pictures: readonly Seen[]): Seen[] {
  const mark = pictures.find((picture) => picture.mark !== null)?.mark ?? null;
  return pictures.map((picture) => ({ ...picture, mark }));
}

/**
 * Holds the pictures against the bounds, and the same pictures without tracking against them.
 */
export function expectSticks(who: string, pictures: readonly Seen[], truth: Where): void {
  const found = sticking(pictures, truth, CORNER);
  const control = sticking(unattached(pictures), truth, CORNER);
  test.info().annotations.push({
    type: `${who}: share of frame width`,
    description: JSON.stringify({ found, control }),
  });
  console.log(who, JSON.stringify(found), 'control', JSON.stringify(control));
  expect(found.frames, `${who}: pictures`).toBeGreaterThanOrEqual(ENOUGH);
  expect(found.shown, `${who}: share of pictures with the drawing`).toBeGreaterThan(0.9);
  expect(found.median, `${who}: median error`).toBeLessThanOrEqual(BOUNDS.median);
  expect(found.p95, `${who}: p95 error`).toBeLessThanOrEqual(BOUNDS.p95);
  expect(control.median, `${who}: a drawing fixed to the screen is refused`).toBeGreaterThan(
    BOUNDS.median,
  );
}
