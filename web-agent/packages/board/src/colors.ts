/**
 * The eight author colours, by {@link Participant.color}. They differ in lightness as well as in
 * hue, so that they stay apart for colour-blind eyes (a test measures it), and each is dark enough
 * to stand out from the light outline under it. The device draws with the same ones.
 */
export const AUTHOR_COLORS = [
  '#0072b2',
  '#d55e00',
  '#a821ed',
  '#000000',
  '#ed0066',
  '#000087',
  '#870000',
  '#660066',
] as const;

/** Colour of an author; unknown numbers wrap around. */
export function authorColor(index: number): string {
  return AUTHOR_COLORS[Math.abs(Math.trunc(index)) % AUTHOR_COLORS.length] ?? AUTHOR_COLORS[0];
}
