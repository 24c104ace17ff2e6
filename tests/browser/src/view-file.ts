import { readBarcode } from './barcode';
import type { Seen } from './measure';
import { findInVideo } from './page/color';
import { frames } from './video-file';

/** What a device's `--record-view` file shows, picture by picture. */
export async function viewOfDevice(path: string, color: string): Promise<Seen[]> {
  const pictures: Seen[] = [];
  await frames(path, ({ rgba, width, height }) => {
    const code = readBarcode(rgba, width);
    const { middle } = findInVideo(rgba, width, color);
    pictures.push({ number: code?.value ?? null, mark: middle, width, height });
  });
  return pictures;
}
