import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AnnotationEvent, AnnotationLog } from '../src';

interface LogVectors {
  readonly cases: readonly {
    readonly name: string;
    readonly batches: readonly {
      readonly events: readonly AnnotationEvent[];
      readonly seq: number;
      readonly visible: readonly string[];
      readonly sync_after: number | null;
    }[];
  }[];
}

const path = new URL('../../../../tests/vectors/board/log.json', import.meta.url);
const { cases }: LogVectors = JSON.parse(readFileSync(path, 'utf8'));
const ids = (log: AnnotationLog) => log.visible.map(({ id }) => id);

describe('the annotation log', () => {
  it.each(cases.map((entry) => [entry.name, entry] as const))('%s', (_, { batches }) => {
    const log = new AnnotationLog();
    for (const batch of batches) {
      const { syncAfter } = log.apply(batch.events);
      expect(log.seq).toBe(batch.seq);
      expect(ids(log)).toEqual(batch.visible);
      expect(syncAfter).toBe(batch.sync_after);
    }
  });

  const story = cases.find(({ name }) => name === 'in order');
  const events = (story?.batches ?? []).flatMap((batch) => batch.events);

  it('ends the same whatever the order of arrival', () => {
    const expected = new AnnotationLog();
    expected.apply(events);
    const orders = permutations(events);
    expect(orders).toHaveLength(24);
    for (const order of orders) {
      const log = new AnnotationLog();
      for (const event of order) log.apply([event]);
      expect(ids(log)).toEqual(ids(expected));
    }
  });

  it('keeps the same array until something changes', () => {
    const log = new AnnotationLog();
    log.apply(events);
    const before = log.visible;
    log.apply(events);
    expect(log.visible).toBe(before);
  });

  it('a step of a newer protocol keeps its place and changes nothing', () => {
    const log = new AnnotationLog();
    const [first] = events;
    if (first === undefined) throw new Error('the vectors have no event');
    log.apply([first, { ...first, seq: 2, op: { type: 'unknown' } }]);
    expect(log.seq).toBe(2);
    expect(log.visible).toHaveLength(1);
  });

  it('does not grow without limit behind a gap', () => {
    const log = new AnnotationLog();
    const [first] = events;
    if (first === undefined) throw new Error('the vectors have no event');
    const many = Array.from({ length: 10_000 }, (_, index) => ({ ...first, seq: index + 2 }));
    expect(log.apply(many).applied).toHaveLength(0);
    expect(log.apply([first]).applied.length).toBeLessThanOrEqual(4_097);
  });
});

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length <= 1) return [[...list]];
  return list.flatMap((first, index) =>
    permutations(list.filter((_, other) => other !== index)).map((rest) => [first, ...rest]),
  );
}
