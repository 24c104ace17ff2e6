import { describe, expect, it } from 'vitest';
import { FilmPartError } from './part';
import { BLOCK, FilmParts } from './parts';
import { filmPartBytes } from './testing';

/** Parts one after the other, each with its length before it. */
function block(first: number, count: number): ArrayBuffer {
  const parts = Array.from({ length: count }, (_, index) => {
    const part = new Uint8Array(filmPartBytes({ track: first + index, frames: [] }));
    return [0, 0, 0, part.length, ...part];
  });
  return new Uint8Array(parts.flat()).buffer;
}

describe('parts of a film', () => {
  it('come by the block, each block once', async () => {
    const asked: number[] = [];
    const parts = new FilmParts(async (first, count) => {
      asked.push(first);
      return block(first, count);
    });
    expect(parts.peek(11)).toBeNull();
    const [a, b] = await Promise.all([parts.get(11), parts.get(12)]);
    expect([a.track, b.track]).toEqual([11, 12]);
    expect(parts.peek(8)?.track).toBe(8);
    expect(asked).toEqual([8]);
  });

  it('are forgotten when there are many, and come again', async () => {
    let asked = 0;
    const parts = new FilmParts(async (first, count) => {
      asked += 1;
      return block(first, count);
    });
    for (let n = 0; n < 40 * BLOCK; n += BLOCK) await parts.get(n);
    expect(parts.peek(0)).toBeNull();
    expect(parts.peek(39 * BLOCK)).not.toBeNull();
    await parts.get(0);
    expect(asked).toBe(41);
  });

  it('that fail are asked for again', async () => {
    const answers = [Promise.reject(new Error('away')), Promise.resolve(block(0, 1))];
    const parts = new FilmParts(() => answers.shift() ?? Promise.resolve(block(0, 2)));
    await expect(parts.get(0)).rejects.toThrow('away');
    expect((await parts.get(0)).track).toBe(0);
    // The film was shorter when it was asked for.
    await expect(parts.get(1)).rejects.toThrow(FilmPartError);
    expect((await parts.get(1)).track).toBe(1);
  });

  it('beside a damaged one can be read', async () => {
    const bytes = block(0, 2);
    new DataView(bytes).setUint8(4, 99);
    let asked = 0;
    const parts = new FilmParts(async () => {
      asked += 1;
      return bytes;
    });
    await expect(parts.get(0)).rejects.toThrow(FilmPartError);
    expect((await parts.get(1)).track).toBe(1);
    expect(asked).toBe(1);
  });

  it('that end early are refused', async () => {
    const parts = new FilmParts(async () => block(0, 2).slice(0, -1));
    await expect(parts.get(0)).rejects.toThrow(FilmPartError);
  });
});
