import type { Annotation, AnnotationEvent, AnnotationId } from './generated/types';

/** Events that came ahead of a gap and wait for the missing ones. */
const MAX_BUFFERED = 4_096;

/** What one batch of events did to the log. */
export interface AppliedEvents {
  /** Events that took effect now, in order of `seq`. */
  readonly applied: readonly AnnotationEvent[];
  /** Set when events are missing: ask for those after this sequence number. */
  readonly syncAfter: number | null;
}

/**
 * The annotation log as the server numbered it: events take effect in the order of `seq`, each
 * once, whatever the order and number of their arrivals.
 *
 * Knows no socket and no clock; the caller sends `annotation_sync` when {@link AppliedEvents} says so.
 */
export class AnnotationLog {
  #seq = 0;
  #askedAfter: number | null = null;
  readonly #ahead = new Map<number, AnnotationEvent>();
  readonly #annotations = new Map<AnnotationId, { annotation: Annotation; hidden: boolean }>();
  #visible: readonly Annotation[] | null = null;

  /** Sequence number of the last event that took effect, 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Every drawing that is not hidden, oldest first. The same array until something changes. */
  get visible(): readonly Annotation[] {
    this.#visible ??= [...this.#annotations.values()]
      .filter((entry) => !entry.hidden)
      .map((entry) => entry.annotation);
    return this.#visible;
  }

  /** A drawing by its id, hidden or not. */
  get(id: AnnotationId): Annotation | undefined {
    return this.#annotations.get(id)?.annotation;
  }

  /** Takes a batch of events in any order. Known ones are ignored. */
  apply(events: readonly AnnotationEvent[]): AppliedEvents {
    for (const event of events) {
      if (event.seq > this.#seq && this.#ahead.size < MAX_BUFFERED) {
        this.#ahead.set(event.seq, event);
      }
    }
    const applied: AnnotationEvent[] = [];
    for (;;) {
      const next = this.#ahead.get(this.#seq + 1);
      if (next === undefined) break;
      this.#ahead.delete(next.seq);
      this.#seq = next.seq;
      this.#take(next);
      applied.push(next);
    }
    if (applied.length > 0) this.#visible = null;
    const gap = this.#ahead.size > 0;
    // One request for each gap: asking again with every event that arrives behind it would only
    // multiply the answers.
    const syncAfter = gap && this.#askedAfter !== this.#seq ? this.#seq : null;
    this.#askedAfter = gap ? this.#seq : null;
    return { applied, syncAfter };
  }

  /** Forgets everything, before the whole log of a new `welcome`. */
  reset(): void {
    this.#seq = 0;
    this.#askedAfter = null;
    this.#ahead.clear();
    this.#annotations.clear();
    this.#visible = null;
  }

  #take(event: AnnotationEvent): void {
    switch (event.op.type) {
      case 'added':
        if (!this.#annotations.has(event.op.annotation.id)) {
          this.#annotations.set(event.op.annotation.id, {
            annotation: event.op.annotation,
            hidden: false,
          });
        }
        return;
      case 'hidden':
        this.#setHidden(event.op.ids, true);
        return;
      case 'shown':
        this.#setHidden(event.op.ids, false);
        return;
      default:
        // A step of a newer protocol keeps its place in the order and changes nothing.
        return;
    }
  }

  #setHidden(ids: readonly AnnotationId[], hidden: boolean): void {
    for (const id of ids) {
      const entry = this.#annotations.get(id);
      if (entry !== undefined) entry.hidden = hidden;
    }
  }
}
