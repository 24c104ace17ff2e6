import { type FilmPartContent, FilmPartError, readFilmPart } from './part';

/** Parts that are fetched at once: about four seconds of one track. */
export const BLOCK = 8;
/** Blocks kept in memory, of eight parts of half a mebibyte at most; usually some ten megabytes. */
const KEPT = 16;

/** Parts by their number; null for one that is damaged. */
type Block = ReadonlyMap<number, FilmPartContent | null>;

/** Fetches parts of a film by the block, keeps the last ones, and asks for none twice. */
export class FilmParts {
  readonly #load: (first: number, count: number) => Promise<ArrayBuffer>;
  /** The one that was asked for last stands last. */
  readonly #known = new Map<number, Promise<Block>>();
  readonly #ready = new Map<number, Block>();

  /** @param load fetches parts from a number on: each with its length in four bytes before it */
  constructor(load: (first: number, count: number) => Promise<ArrayBuffer>) {
    this.#load = load;
  }

  /** A part that is here already. */
  peek(n: number): FilmPartContent | null {
    return this.#ready.get(firstOf(n))?.get(n) ?? null;
  }

  /** Fetches a part; one that failed is asked for again the next time. */
  async get(n: number): Promise<FilmPartContent> {
    const first = firstOf(n);
    const block = this.#known.get(first) ?? this.#fetch(first);
    this.#known.delete(first);
    this.#known.set(first, block);
    for (const [oldest] of this.#known) {
      if (this.#known.size <= KEPT) break;
      this.#forget(oldest);
    }
    const part = (await block).get(n);
    if (part != null) return part;
    // A film may have been shorter when it was asked for; what is damaged stays so.
    if (part === undefined) this.#forget(first);
    throw new FilmPartError('a part is missing');
  }

  async #fetch(first: number): Promise<Block> {
    try {
      const block = readParts(await this.#load(first, BLOCK), first);
      if (this.#known.has(first)) this.#ready.set(first, block);
      return block;
    } catch (error) {
      this.#forget(first);
      throw error;
    }
  }

  #forget(first: number): void {
    this.#known.delete(first);
    this.#ready.delete(first);
  }
}

const firstOf = (n: number): number => n - (n % BLOCK);

/** @throws {FilmPartError} for bytes that break the layout. */
function readParts(bytes: ArrayBuffer, first: number): Block {
  const view = new DataView(bytes);
  const parts = new Map<number, FilmPartContent | null>();
  for (let at = 0; at < bytes.byteLength; ) {
    const end = at + 4 <= bytes.byteLength ? at + 4 + view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.byteLength) throw new FilmPartError('the parts end early');
    parts.set(first + parts.size, whole(bytes.slice(at + 4, end)));
    at = end;
  }
  return parts;
}

function whole(bytes: ArrayBuffer): FilmPartContent | null {
  try {
    return readFilmPart(bytes);
  } catch {
    return null;
  }
}
