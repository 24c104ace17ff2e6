/**
 * The number burnt into the top edge of test pictures. The layout is specified beside the Rust
 * encoder, `tests/src/barcode.rs`: 40 cells across the width; guards, 4 bits of kind, 24 bits of
 * value, CRC-8.
 */

export const CELLS = 40;
export const VALUE_LIMIT = 1 << 24;
const KINDS = { frame: 1, clock: 2 } as const;

export interface Barcode {
  /** `frame`: index of the frame in its clip; `clock`: milliseconds modulo 2^24. */
  readonly kind: keyof typeof KINDS;
  readonly value: number;
}

/** CRC-8, polynomial 0x07, start 0xFF, over 28 bits. */
function crc8(data: number): number {
  let crc = 0xff;
  for (let bit = 27; bit >= 0; bit--) {
    const feedback = (crc >> 7) ^ ((data >> bit) & 1);
    crc = ((crc << 1) & 0xff) ^ (feedback === 1 ? 0x07 : 0);
  }
  return crc;
}

/** True is white. */
export function cellsOf(code: Barcode): boolean[] {
  const data = (KINDS[code.kind] << 24) | (code.value % VALUE_LIMIT);
  const crc = crc8(data);
  const bits: boolean[] = [];
  for (let bit = 27; bit >= 0; bit--) bits.push(((data >> bit) & 1) === 1);
  for (let bit = 7; bit >= 0; bit--) bits.push(((crc >> bit) & 1) === 1);
  return [true, false, ...bits, false, true];
}

/** Mean luma of the middle half of a cell, out of RGBA pixels. */
function cellMean(rgba: ArrayLike<number>, width: number, cell: number): number {
  const size = Math.floor(width / CELLS);
  const left = Math.floor((cell * width) / CELLS) + Math.floor(size / 4);
  const top = Math.floor(size / 4);
  const side = Math.ceil(size / 2);
  let sum = 0;
  for (let y = top; y < top + side; y++) {
    for (let x = left; x < left + side; x++) {
      const at = (y * width + x) * 4;
      sum += 0.299 * (rgba[at] ?? 0) + 0.587 * (rgba[at + 1] ?? 0) + 0.114 * (rgba[at + 2] ?? 0);
    }
  }
  return sum / (side * side);
}

/**
 * Reads the strip out of the top rows of a picture (RGBA, `width` pixels a row, at least
 * `width / 40` rows); null when there is none or it is damaged.
 */
export function readBarcode(rgba: ArrayLike<number>, width: number): Barcode | null {
  if (width < CELLS * 4 || rgba.length < width * 4 * Math.floor(width / CELLS)) return null;
  const means = Array.from({ length: CELLS }, (_, cell) => cellMean(rgba, width, cell));
  const mean = (cell: number) => means[cell] ?? 0;
  const white = (mean(0) + mean(CELLS - 1)) / 2;
  const black = (mean(1) + mean(CELLS - 2)) / 2;
  if (white - black < 60) return null;
  const bits: number[] = [];
  for (let cell = 2; cell < CELLS - 2; cell++) {
    const share = (mean(cell) - black) / (white - black);
    if (share >= 0.35 && share < 0.65) return null;
    bits.push(share > 0.5 ? 1 : 0);
  }
  const number = (from: number, to: number) =>
    bits.slice(from, to).reduce((sum, bit) => sum * 2 + bit, 0);
  const data = number(0, 28);
  if (crc8(data) !== number(28, 36)) return null;
  const value = data % VALUE_LIMIT;
  const kind = data >> 24;
  if (kind === KINDS.frame) return { kind: 'frame', value };
  if (kind === KINDS.clock) return { kind: 'clock', value };
  return null;
}

/** Draws the strip of a canvas. */
export function drawBarcode(context: CanvasRenderingContext2D, width: number, code: Barcode): void {
  const height = Math.floor(width / CELLS);
  cellsOf(code).forEach((white, cell) => {
    const left = Math.floor((cell * width) / CELLS);
    context.fillStyle = white ? '#fff' : '#000';
    context.fillRect(left, 0, Math.floor(((cell + 1) * width) / CELLS) - left, height);
  });
}
