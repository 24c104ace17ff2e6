import type { FilmPart, FilmRecording, ParticipantId } from '@sightline/protocol';
import { describe, expect, it } from 'vitest';
import { frontAt, reelAt, sourcesOf, spanOf } from '../sources';
import { reelsOf } from './reel';

const part = (n: number, track: number, from_ms: number, to_ms: number, keyframe = true) =>
  ({ n, track, from_ms, to_ms, keyframe, bytes: 100 }) satisfies FilmPart;

const track = (
  id: number,
  kind: 'camera' | 'screen' | null,
  participant: ParticipantId = 'par_aaaaaaaaaa',
) => ({
  id,
  participant,
  surface: kind === null ? null : (`sur_${id}` as const),
  surface_number: kind === null ? null : id,
  kind,
  codec: 'vp8' as const,
});

const film = (tracks: FilmRecording['tracks'], parts: FilmPart[]): FilmRecording => ({
  bytes: 0,
  cut: false,
  erased_at: '2030-01-01T00:00:00Z',
  tracks,
  parts,
});

const TWO = film(
  [track(1, 'camera'), track(2, 'screen'), track(3, null), track(4, 'camera')],
  [
    part(0, 1, 1_000, 1_500),
    part(1, 1, 1_500, 2_000, false),
    part(2, 3, 1_500, 2_000),
    part(3, 2, 1_800, 2_200),
    part(4, 1, 2_000, 2_500, false),
    // A pause of ten seconds.
    part(5, 1, 12_500, 13_000),
  ],
);

describe('a reel', () => {
  const [camera] = reelsOf(TWO);

  it('knows which part has the picture of a moment, and where it has none', () => {
    expect(camera?.at(999)).toBeNull();
    expect(camera?.at(1_000)).toBe(0);
    expect(camera?.at(1_700)).toBe(1);
    expect(camera?.at(3_000)).toBe(2);
    expect(camera?.at(9_000)).toBeNull();
    expect(camera?.at(12_500)).toBe(3);
  });

  it('begins to decode at the keyframe before', () => {
    expect(camera?.startFor(2)).toBe(0);
    expect(camera?.startFor(3)).toBe(3);
    const [headless] = reelsOf(film([track(1, 'camera')], [part(0, 1, 0, 500, false)]));
    expect(headless?.startFor(0)).toBeNull();
  });

  it('tells stretches and when each began', () => {
    expect(camera?.stretches).toEqual([
      [1_000, 2_500],
      [12_500, 13_000],
    ]);
    expect(camera?.since(2_400)).toBe(1_000);
    expect(camera?.since(12_600)).toBe(12_500);
  });

  it('is made of pictures only, and of something', () => {
    expect(reelsOf(TWO).map((reel) => reel.track.id)).toEqual([1, 2]);
  });
});

describe('the stage of a record', () => {
  const sources = sourcesOf(reelsOf(TWO), null);
  const front = (ms: number, chosen: string | null = null) =>
    frontAt(sources, ms, chosen)?.kind ?? null;

  it('shows what began last, or what was chosen while it is there', () => {
    expect(front(1_100)).toBe('camera');
    expect(front(1_900)).toBe('screen');
    expect(front(1_900, 'camera par_aaaaaaaaaa')).toBe('camera');
    expect(front(1_100, 'screen par_aaaaaaaaaa')).toBe('camera');
  });

  it('says when there was nothing', () => {
    expect(front(500)).toBeNull();
    expect(spanOf(sources)).toEqual([1_000, 13_000]);
    expect(spanOf([])).toEqual([0, 0]);
  });

  it('goes on with the same source after a reconnection', () => {
    const again = sourcesOf(
      reelsOf(
        film([track(1, 'camera'), track(2, 'camera')], [part(0, 1, 0, 500), part(1, 2, 600, 900)]),
      ),
      null,
    );
    expect(again).toHaveLength(1);
    const [only] = again;
    expect(only && reelAt(only, 700)?.track.id).toBe(2);
  });
});
