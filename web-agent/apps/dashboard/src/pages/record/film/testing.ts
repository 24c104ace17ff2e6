// Writes parts of a film, for tests.

interface PartToWrite {
  readonly track: number;
  readonly frames: readonly {
    readonly atMs: number;
    readonly frameTime: number;
    readonly keyframe: boolean;
    readonly turns: number;
    readonly bytes: ArrayLike<number>;
  }[];
  readonly said?: readonly { readonly atMs: number; readonly bytes: ArrayLike<number> }[];
}

/** A part as the server gives it out. */
export function filmPartBytes({ track, frames, said = [] }: PartToWrite): ArrayBuffer {
  const bytes: number[] = [];
  const number = (value: number, length: number) => {
    for (let byte = length - 1; byte >= 0; byte--)
      bytes.push(Math.floor(value / 256 ** byte) % 256);
  };
  number(1, 1);
  number(track, 2);
  number(frames.length, 4);
  for (const frame of frames) {
    number(frame.atMs, 4);
    number(frame.frameTime, 4);
    number((frame.keyframe ? 1 : 0) | (frame.turns << 1), 1);
    number(frame.bytes.length, 4);
    bytes.push(...Array.from(frame.bytes));
  }
  number(said.length, 4);
  for (const each of said) {
    number(each.atMs, 4);
    number(each.bytes.length, 4);
    bytes.push(...Array.from(each.bytes));
  }
  return new Uint8Array(bytes).buffer;
}
