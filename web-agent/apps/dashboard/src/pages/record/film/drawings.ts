// What was drawn, and what was known of it, at a moment of the record: pure.

import {
  type AnchorState,
  type Annotation,
  type AnnotationEvent,
  AnnotationLog,
} from '@sightline/protocol';
import type { FilmPartContent } from './part';

/** The drawings that were visible at each moment. */
export class Drawings {
  readonly #events: readonly AnnotationEvent[];
  #known: { readonly count: number; readonly visible: readonly Annotation[] } | null = null;

  constructor(events: readonly AnnotationEvent[]) {
    this.#events = events.toSorted((a, b) => a.seq - b.seq);
  }

  /** The same array until something changes. */
  at(ms: number): readonly Annotation[] {
    const until = this.#events.findIndex(({ at_ms }) => at_ms > ms);
    const count = until < 0 ? this.#events.length : until;
    if (this.#known?.count !== count) {
      const log = new AnnotationLog();
      log.apply(this.#events.slice(0, count));
      this.#known = { count, visible: log.visible };
    }
    return this.#known.visible;
  }

  /** When a drawing was added, in milliseconds since the session began. */
  addedAt({ id }: Annotation): number {
    const added = this.#events.find(({ op }) => op.type === 'added' && op.annotation.id === id);
    return added?.at_ms ?? 0;
  }
}

type Said = FilmPartContent['states'][number];

/** What was said of the drawings' states, gathered from the parts that were read. */
export class HeardStates {
  readonly #read = new WeakSet<FilmPartContent>();
  #said: readonly Said[] = [];

  take(part: FilmPartContent): void {
    if (part.states.length === 0 || this.#read.has(part)) return;
    this.#read.add(part);
    const isNew = (one: Said) =>
      !this.#said.some(
        (other) =>
          other.saidAtMs === one.saidAtMs &&
          other.anchor === one.anchor &&
          other.status === one.status,
      );
    this.#said = [...this.#said, ...part.states.filter(isNew)].toSorted(
      (a, b) => a.saidAtMs - b.saidAtMs,
    );
  }

  /** The last status of each anchor until a moment. */
  at(ms: number): ReadonlyMap<number, AnchorState> {
    const last = this.#said.filter(({ saidAtMs }) => saidAtMs <= ms);
    return new Map(last.map((state) => [state.anchor, state]));
  }
}
