/**
 * The eight author colours, by {@link Participant.color}. They differ in lightness as well as in
 * hue, so that they stay apart for colour-blind eyes; each is drawn over a light outline.
 */
export const AUTHOR_COLORS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc3d8a',
  '#8a6d00',
  '#5b3fd6',
  '#c1121f',
  '#1b1b1b',
] as const;

/** Colour of an author; unknown numbers wrap around. */
export function authorColor(index: number): string {
  return AUTHOR_COLORS[Math.abs(Math.trunc(index)) % AUTHOR_COLORS.length] ?? AUTHOR_COLORS[0];
}
