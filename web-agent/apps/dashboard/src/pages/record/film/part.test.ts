import { readFileSync } from 'node:fs';
import { encodeRealtime, type PosePacket } from '@sightline/protocol';
import { describe, expect, it } from 'vitest';
import { FilmPartError, readFilmPart } from './part';
import { filmPartBytes } from './testing';

const POSES: PosePacket = {
  kind: 'poses',
  surface: 3,
  frameTime: 4_294_966_296,
  ageMs: 8,
  poses: [
    {
      anchor: 7,
      status: 'tracking',
      confidence: 200,
      homography: [1, 0, 0.25, 0, 1, 0, 0, 0],
      bend: null,
    },
  ],
};

describe('a part of a film', () => {
  it('gives frames and what was said beside them', () => {
    const state = {
      anchor: 7,
      status: 'fixed',
      reason: 'too_few_texture',
      frame_time: 12,
      surface: `sur_${'a'.repeat(20)}`,
    };
    const part = readFilmPart(
      filmPartBytes({
        track: 5,
        frames: [
          { atMs: 1_000, frameTime: 4_294_966_296, keyframe: true, turns: 1, bytes: [1, 2, 3] },
          { atMs: 1_033, frameTime: 2_000, keyframe: false, turns: 3, bytes: [] },
        ],
        said: [
          { atMs: 1_010, bytes: encodeRealtime(POSES) },
          { atMs: 1_020, bytes: [200, 1, 2] },
          {
            atMs: 1_025,
            bytes: encodeRealtime({
              kind: 'cursor',
              surface: 3,
              frameTime: null,
              participant: 2,
              visible: true,
              x: 1,
              y: 0,
            }),
          },
          {
            atMs: 1_030,
            bytes: new TextEncoder().encode(
              JSON.stringify({ type: 'anchor_states', states: [state] }),
            ),
          },
        ],
      }),
    );
    expect(part.track).toBe(5);
    expect(part.frames.map(({ bytes, ...rest }) => ({ ...rest, bytes: [...bytes] }))).toEqual([
      { atMs: 1_000, frameTime: 4_294_966_296, keyframe: true, turns: 1, bytes: [1, 2, 3] },
      { atMs: 1_033, frameTime: 2_000, keyframe: false, turns: 3, bytes: [] },
    ]);
    expect(part.poses).toEqual([POSES]);
    expect(part.cursors).toMatchObject([{ atMs: 1_025, participant: 2, x: 1 }]);
    expect(part.states).toMatchObject([{ anchor: 7, status: 'fixed', saidAtMs: 1_030 }]);
  });

  it('is refused wherever it ends early, and in another version', () => {
    const whole = filmPartBytes({
      track: 1,
      frames: [{ atMs: 0, frameTime: 0, keyframe: true, turns: 0, bytes: [1, 2] }],
      said: [{ atMs: 0, bytes: encodeRealtime(POSES) }],
    });
    expect(() => readFilmPart(whole)).not.toThrow();
    for (let length = 0; length < whole.byteLength; length++)
      expect(() => readFilmPart(whole.slice(0, length)), `${length}`).toThrow(FilmPartError);
    new DataView(whole).setUint8(0, 2);
    expect(() => readFilmPart(whole)).toThrow(FilmPartError);
  });

  it('is read as the server writes it: the golden vectors', () => {
    const path = new URL('../../../../../../../tests/vectors/film.json', import.meta.url);
    const vectors = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly hex: string;
      readonly track: number;
      readonly frames: readonly Record<string, unknown>[];
    }[];
    expect(vectors.length).toBeGreaterThan(0);
    for (const { hex, track, frames } of vectors) {
      const part = readFilmPart(new Uint8Array(Buffer.from(hex, 'hex')).buffer);
      expect(part.track).toBe(track);
      const read = part.frames.map(({ atMs, frameTime, keyframe, turns, bytes }) => ({
        at_ms: atMs,
        data: Buffer.from(bytes).toString('hex'),
        frame_time: frameTime,
        keyframe,
        turns,
      }));
      expect(read).toEqual(frames);
    }
  });

  it('does not believe a count that its bytes cannot hold', () => {
    const bytes = filmPartBytes({ track: 1, frames: [] });
    new DataView(bytes).setUint32(3, 0xffff_ffff);
    expect(() => readFilmPart(bytes)).toThrow(FilmPartError);
  });
});
