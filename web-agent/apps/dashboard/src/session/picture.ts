import { LIMITS } from '@sightline/protocol';

/** The picture itself when it is small enough, else the same picture as JPEG. */
export async function fitPicture(picture: Blob): Promise<Blob> {
  if (picture.size <= LIMITS.snapshot_bytes) return picture;
  const bitmap = await createImageBitmap(picture);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
}
