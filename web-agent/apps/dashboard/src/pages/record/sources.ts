// What can be looked at in a record, and what was in front at a moment of it: pure.

import type { PageRecording } from '@sightline/cobrowse/recording';
import type { ParticipantId } from '@sightline/protocol';
import type { Reel } from './film/reel';

/** Something that is shown on the player's stage. */
export interface Source {
  /** Stays the same over reconnections of whoever showed it. */
  readonly key: string;
  readonly kind: 'camera' | 'screen' | 'page';
  /** Whose it was; null for shared pages. */
  readonly by: ParticipantId | null;
  /** Tracks of pictures; none for shared pages. */
  readonly reels: readonly Reel[];
  /** Stretches in which there is something to see, in milliseconds since the session began. */
  readonly stretches: readonly (readonly [from: number, to: number])[];
}

/** Everything that was kept, in the order in which it began. */
export function sourcesOf(reels: readonly Reel[], pages: PageRecording | null): readonly Source[] {
  const films = new Map<string, Reel[]>();
  for (const reel of reels) {
    const key = `${reel.track.kind} ${reel.track.participant}`;
    films.set(key, [...(films.get(key) ?? []), reel]);
  }
  const sources: Source[] = [...films].map(([key, own]) => ({
    key,
    kind: own[0]?.track.kind === 'screen' ? 'screen' : 'camera',
    by: own[0]?.track.participant ?? null,
    reels: own,
    stretches: own.flatMap(({ stretches }) => stretches),
  }));
  if (pages !== null && pages.stretches.length > 0)
    sources.push({ key: 'page', kind: 'page', by: null, reels: [], stretches: pages.stretches });
  return sources.toSorted((a, b) => begin(a) - begin(b));
}

/** From the first to the last moment that has something to see. */
export function spanOf(sources: readonly Source[]): readonly [from: number, to: number] {
  const all = sources.flatMap(({ stretches }) => stretches);
  if (all.length === 0) return [0, 0];
  return [Math.min(...all.map(([from]) => from)), Math.max(...all.map(([, to]) => to))];
}

/** The track that shows a source at a moment: of several the one that began last. */
export function reelAt(source: Source, ms: number): Reel | null {
  const here = source.reels.filter((reel) => reel.at(ms) !== null);
  return here.toSorted((a, b) => a.since(ms) - b.since(ms)).at(-1) ?? null;
}

/**
 * What was in front: the chosen source where it has something to see, else the one that began to
 * be shown last. Null when nothing was kept of the moment.
 */
export function frontAt(
  sources: readonly Source[],
  ms: number,
  chosen: string | null,
): Source | null {
  const here = sources.flatMap((source) => {
    const since = sinceOf(source, ms);
    return since === null ? [] : [{ source, since }];
  });
  const wanted = here.find(({ source }) => source.key === chosen);
  return (wanted ?? here.toSorted((a, b) => a.since - b.since).at(-1))?.source ?? null;
}

function sinceOf(source: Source, ms: number): number | null {
  if (source.kind !== 'page') return reelAt(source, ms)?.since(ms) ?? null;
  return source.stretches.findLast(([from, to]) => from <= ms && ms < to)?.[0] ?? null;
}

const begin = ({ stretches }: Source): number => Math.min(...stretches.map(([from]) => from));
