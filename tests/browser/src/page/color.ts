/** Finding a drawing by its colour, in a canvas or in a video file. */

/** Where something is in a picture. */
export interface Found {
  /** Middle of its bounding box, in shares of the picture; null when it is not there. */
  readonly middle: [number, number] | null;
  readonly pixels: number;
}

/** Fewer pixels than this, in a picture 640 wide, are the rim of something else. */
const FEW = 40;

function box(width: number, height: number, isMark: (pixel: number) => boolean): Found {
  let pixels = 0;
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (!isMark(pixel)) continue;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    pixels++;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (pixels < FEW) return { middle: null, pixels };
  return { middle: [(left + right + 1) / 2 / width, (top + bottom + 1) / 2 / height], pixels };
}

function channels(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** In a canvas of its own: mostly opaque pixels of about this colour. */
export function findColor(rgba: ArrayLike<number>, width: number, color: string): Found {
  const [r, g, b] = channels(color);
  const near = (at: number, wanted: number) => Math.abs((rgba[at] ?? 0) - wanted) <= 40;
  return box(width, rgba.length / 4 / width, (pixel) => {
    const at = pixel * 4;
    return (rgba[at + 3] ?? 0) >= 160 && near(at, r) && near(at + 1, g) && near(at + 2, b);
  });
}

/**
 * In an encoded picture: pixels whose hue is nearer to this colour's than to anything filmed. An
 * encoder keeps colour at half the size, so the lightness of a thin line is lost before its hue is.
 */
export function findInVideo(rgba: ArrayLike<number>, width: number, color: string): Found {
  const [r, g, b] = channels(color);
  const hue = (red: number, green: number, blue: number): [number, number] => [
    -0.169 * red - 0.331 * green + 0.5 * blue,
    0.5 * red - 0.419 * green - 0.081 * blue,
  ];
  const [cb, cr] = hue(r, g, b);
  const wanted = Math.hypot(cb, cr);
  return box(width, rgba.length / 4 / width, (pixel) => {
    const at = pixel * 4;
    const [u, v] = hue(rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0);
    // Half as colourful or more, and within 30 degrees of the hue.
    const along = (u * cb + v * cr) / wanted;
    return along > wanted * 0.5 && along > 0.87 * Math.hypot(u, v);
  });
}
