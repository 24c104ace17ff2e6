import { execFileSync, spawn } from 'node:child_process';

export interface FileFrame {
  /** Four bytes a pixel. */
  readonly rgba: Buffer;
  readonly width: number;
  readonly height: number;
  readonly index: number;
}

/** Decodes a video file and shows every frame to `take`, without repeating or dropping any. */
export async function frames(path: string, take: (frame: FileFrame) => void): Promise<number> {
  const probe = execFileSync('ffprobe', [
    ...[
      '-v',
      'error',
      '-select_streams',
      'v:0',
      '-show_entries',
      'stream=width,height',
      '-of',
      'csv=p=0',
    ],
    path,
  ]);
  const [width = 0, height = 0] = `${probe}`.trim().split(',').map(Number);
  const child = spawn(
    'ffmpeg',
    [
      ...['-loglevel', 'error', '-i', path, '-fps_mode', 'passthrough'],
      ...['-f', 'rawvideo', '-pix_fmt', 'rgba', '-'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const size = width * height * 4;
  let index = 0;
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    parts.push(chunk);
    length += chunk.length;
    if (length < size) continue;
    let all = Buffer.concat(parts, length);
    for (; all.length >= size; all = all.subarray(size)) {
      take({ rgba: all.subarray(0, size), width, height, index: index++ });
    }
    parts = [Buffer.from(all)];
    length = all.length;
  }
  const code = await ended;
  if (code !== 0) throw new Error(`ffmpeg ended with ${code} at ${path}`);
  return index;
}
