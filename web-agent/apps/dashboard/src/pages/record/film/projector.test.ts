import type { FilmPart, FilmTrack } from '@sightline/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BLOCK, FilmParts } from './parts';
import { Projector, type ProjectorState } from './projector';
import { Reel } from './reel';
import { filmPartBytes } from './testing';

const PART_MS = 500;
const TRACK: FilmTrack = {
  id: 1,
  participant: 'par_aaaaaaaaaa',
  surface: 'sur_1',
  surface_number: 1,
  kind: 'camera',
  codec: 'vp8',
};

/** A film of parts with one picture each, which is a keyframe. */
function reel(parts: number): Reel {
  const list = Array.from({ length: parts }, (_, n): FilmPart => {
    const from_ms = n * PART_MS;
    return { n, track: 1, from_ms, to_ms: from_ms + PART_MS - 1, keyframe: true, bytes: 1 };
  });
  return new Reel(TRACK, list);
}

/** A block of that film as the server gives it out. */
function block(first: number, count: number): ArrayBuffer {
  const parts = Array.from({ length: count }, (_, index) => {
    const atMs = (first + index) * PART_MS;
    const frame = { atMs, frameTime: atMs * 90, keyframe: true, turns: 0, bytes: [0] };
    const bytes = new Uint8Array(filmPartBytes({ track: 1, frames: [frame] }));
    return [0, 0, 0, bytes.length, ...bytes];
  });
  return new Uint8Array(parts.flat()).buffer;
}

/** A decoder that gives each picture as soon as it may. */
class Decoder {
  static isConfigSupported = async () => ({ supported: true });
  state = 'configured';
  decodeQueueSize = 0;
  readonly #output: (picture: object) => void;

  constructor({ output }: { output: (picture: object) => void }) {
    this.#output = output;
  }

  configure() {}
  addEventListener() {}
  close() {
    this.state = 'closed';
  }
  decode({ timestamp }: { timestamp: number }) {
    queueMicrotask(() => this.#output({ timestamp, close() {} }));
  }
}

describe('the projector', () => {
  beforeEach(() => {
    vi.stubGlobal('VideoDecoder', Decoder);
    vi.stubGlobal(
      'EncodedVideoChunk',
      class {
        readonly timestamp: number;
        constructor({ timestamp }: { timestamp: number }) {
          this.timestamp = timestamp;
        }
      },
    );
  });
  afterEach(() => vi.unstubAllGlobals());

  it('never says that a moment is shown of which nothing is here, whatever it waits for', async () => {
    // Only the first block comes, and the picture of its last part wants the next one ahead.
    const parts = new FilmParts(async (first, count) =>
      first === 0 ? block(first, count) : await new Promise<ArrayBuffer>(() => {}),
    );
    const told: ProjectorState[] = [];
    const shown: number[] = [];
    const projector = new Projector({
      reel: reel(3 * BLOCK),
      parts,
      onPicture: (_, frame) => shown.push(frame.atMs),
      onState: (state) => told.push(state),
      onHeard: () => {},
    });
    const last = (BLOCK - 1) * PART_MS;
    projector.seek(last, false);
    await vi.waitFor(() => expect(projector.state).toBe('shown'));
    expect(shown).toEqual([last]);
    projector.seek(2 * BLOCK * PART_MS, false);
    expect(projector.state).toBe('coming');
    projector.seek(last, false);
    expect(projector.state, 'the control: what is there is shown at once').toBe('shown');
    expect(told).toEqual(['shown', 'coming', 'shown']);
    projector.dispose();
  });
});
