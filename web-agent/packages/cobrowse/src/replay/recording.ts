// What was kept of a session's shared pages, and what was to be seen at a moment of it. The layout is
// specified in the server's `cobrowse/recordings.rs`.

import type { TabInfo, ViewNotice } from '@sightline/protocol';

const SNAPSHOT = 1;
const CHANGES = 2;
const TABS = 4;
const CUT = 5;
const POINTER = 6;
/** A pointer that was not moved for so long is not shown any more. */
const POINTED_MS = 4_000;

interface KeptFrame {
  readonly atMs: number;
  readonly tab: number;
  readonly snapshot: boolean;
  readonly bytes: ArrayBuffer;
}

/** The tabs that were shared from a moment on. */
interface KeptTabs {
  readonly atMs: number;
  readonly tabs: readonly TabInfo[];
}

/** Where somebody pointed. */
export type Pointed = Extract<ViewNotice, { type: 'pointer' }>;

interface KeptPointer {
  readonly atMs: number;
  readonly pointed: Pointed;
}

/** What to show at a moment. */
export interface Scene {
  /** The tab that was in front; null when nothing was shared. */
  readonly tab: TabInfo | null;
  /** Frames of that tab from its last snapshot up to the moment. */
  readonly frames: readonly ArrayBuffer[];
  /** Where each of those who pointed on that tab did it last, a moment before. */
  readonly pointers: readonly Pointed[];
}

export class PageRecording {
  readonly #frames: KeptFrame[] = [];
  readonly #tabs: KeptTabs[] = [];
  readonly #pointers: KeptPointer[] = [];
  /** True when the rest did not fit and is missing. */
  readonly cut: boolean;

  /** Reads a file; what is not whole at its end is left out. */
  constructor(file: ArrayBuffer) {
    const view = new DataView(file);
    let cut = false;
    for (let at = 0; at + 4 <= file.byteLength; ) {
      const length = view.getUint32(at);
      const end = at + 4 + length;
      if (length === 0 || end > file.byteLength) break;
      const kind = view.getUint8(at + 4);
      if ((kind === SNAPSHOT || kind === CHANGES) && length > 8) {
        this.#frames.push({
          atMs: view.getUint32(at + 8),
          tab: view.getUint16(at + 6),
          snapshot: kind === SNAPSHOT,
          bytes: file.slice(at + 4, end),
        });
      } else if ((kind === TABS || kind === POINTER) && length > 5) {
        const atMs = view.getUint32(at + 5);
        const said = parsed(new Uint8Array(file, at + 9, length - 5));
        if (kind === POINTER && isObject(said) && isObject(said['pointer']))
          this.#pointers.push({ atMs, pointed: said as unknown as Pointed });
        else if (Array.isArray(said) && said.every(isObject))
          this.#tabs.push({ atMs, tabs: said as unknown as TabInfo[] });
      } else if (kind === CUT) cut = true;
      at = end;
    }
    this.cut = cut;
  }

  /** Times between which there is something to see, in milliseconds since the session began. */
  get span(): readonly [number, number] {
    const times = [...this.#frames, ...this.#tabs].map(({ atMs }) => atMs);
    return times.length === 0 ? [0, 0] : [Math.min(...times), Math.max(...times)];
  }

  /**
   * Stretches in which something was shared, up to the moment at which nothing was any more, in
   * milliseconds since the session began.
   */
  get stretches(): readonly (readonly [from: number, to: number])[] {
    const found: [number, number][] = [];
    const [begin, end] = this.span;
    let from: number | null = null;
    for (const { atMs, tabs } of this.#tabs) {
      // The first list is written with the first frame, a moment after it.
      if (tabs.length > 0) from ??= found.length === 0 ? Math.min(begin, atMs) : atMs;
      else if (from !== null) {
        found.push([from, atMs]);
        from = null;
      }
    }
    // A recording that ended in the middle shows its last moment, too.
    if (from !== null) found.push([from, end + 1]);
    return found;
  }

  /** When the page was loaded anew or another tab came in front. */
  get changes(): readonly number[] {
    return this.#tabs.map(({ atMs }) => atMs);
  }

  at(ms: number): Scene {
    // The first list is written with the first frame, a moment after it.
    const tabs = (this.#tabs.findLast(({ atMs }) => atMs <= ms) ?? this.#tabs[0])?.tabs ?? [];
    const tab = tabs.find(({ front }) => front) ?? tabs[0] ?? null;
    if (tab === null) return { tab, frames: [], pointers: [] };
    const seen = this.#frames.filter((frame) => frame.tab === tab.tab && frame.atMs <= ms);
    const first = seen.findLastIndex(({ snapshot }) => snapshot);
    const pointers = new Map<string, Pointed>();
    for (const { atMs, pointed } of this.#pointers) {
      if (atMs > ms || ms - atMs > POINTED_MS || pointed.tab !== tab.tab) continue;
      if (pointed.pointer.visible) pointers.set(pointed.by, pointed);
      else pointers.delete(pointed.by);
    }
    return {
      tab,
      frames: first < 0 ? [] : seen.slice(first).map(({ bytes }) => bytes),
      pointers: [...pointers.values()],
    };
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a record says; null when it is no JSON. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
