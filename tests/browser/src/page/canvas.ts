/** A canvas of a page that is read from often. */
export function context(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const found = canvas.getContext('2d', { willReadFrequently: true });
  if (found === null) throw new Error('no 2d canvas');
  return found;
}
