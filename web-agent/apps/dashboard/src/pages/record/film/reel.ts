// What was filmed when: pure, over the list of parts in a session's record.

import type { FilmPart, FilmRecording, FilmTrack } from '@sightline/protocol';

/** Without a newer picture for so long, nothing was filmed. A screen that stands still sends few. */
const HOLD_MS = { camera: 2_500, screen: 10_000 } as const;

/** One track of pictures. */
export class Reel {
  readonly track: FilmTrack;
  /** In the order of time. */
  readonly parts: readonly FilmPart[];
  readonly #holdMs: number;

  constructor(track: FilmTrack, parts: readonly FilmPart[]) {
    this.track = track;
    this.parts = parts.toSorted((a, b) => a.n - b.n);
    this.#holdMs = track.kind === 'screen' ? HOLD_MS.screen : HOLD_MS.camera;
  }

  /** Which part holds the picture of a moment; null where nothing was filmed. */
  at(ms: number): number | null {
    const index = this.parts.findLastIndex(({ from_ms }) => from_ms <= ms);
    const part = this.parts[index];
    return part === undefined || ms > part.to_ms + this.#holdMs ? null : index;
  }

  /** The part from which on a part can be decoded; null when its beginning is missing. */
  startFor(index: number): number | null {
    const start = this.parts.slice(0, index + 1).findLastIndex(({ keyframe }) => keyframe);
    return start < 0 ? null : start;
  }

  /** When the filming that goes on at a moment began. */
  since(ms: number): number {
    let index = this.at(ms) ?? 0;
    for (;;) {
      const [part, before] = [this.parts[index], this.parts[index - 1]];
      if (part === undefined || before === undefined) return part?.from_ms ?? 0;
      if (part.from_ms > before.to_ms + this.#holdMs) return part.from_ms;
      index -= 1;
    }
  }

  /** Stretches in which something was filmed, in milliseconds since the session began. */
  get stretches(): readonly (readonly [from: number, to: number])[] {
    const found: [number, number][] = [];
    for (const { from_ms, to_ms } of this.parts) {
      const last = found.at(-1);
      if (last !== undefined && from_ms <= last[1] + this.#holdMs)
        last[1] = Math.max(last[1], to_ms);
      else found.push([from_ms, to_ms]);
    }
    return found;
  }
}

/** The tracks of pictures that a film has; those without a single part are left out. */
export function reelsOf(film: FilmRecording): readonly Reel[] {
  return film.tracks
    .filter(({ kind }) => kind === 'camera' || kind === 'screen')
    .map((track) => {
      const parts = film.parts.filter((part) => part.track === track.id);
      return new Reel(track, parts);
    })
    .filter(({ parts }) => parts.length > 0);
}
