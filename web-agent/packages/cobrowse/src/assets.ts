// Pictures, fonts and style sheets by the hash of their content. An address of the site never
// leaves the tab; what it names is read here, and sent once for the company.

import { hex, sha256 } from './sha256';

/** Largest content in bytes, as in the relay. */
const LARGEST = 4 * 1024 * 1024;
const FETCH_WITHIN_MS = 8_000;
/** Addresses kept in mind. */
const KEPT = 4_000;

export interface AssetPort {
  /** Asks which of these the relay lacks. */
  missing(hashes: readonly string[]): Promise<readonly string[]>;
  upload(hash: Uint8Array, content: Uint8Array): void;
}

export class Assets {
  readonly #port: AssetPort;
  /** Called when something can be named that could not be before. */
  readonly #ready: () => void;
  readonly #byUrl = new Map<string, string | null>();
  readonly #inRelay = new Set<string>();
  #batch: { hash: Uint8Array; name: string; content: Uint8Array; done: () => void }[] = [];
  #waiting = 0;
  #idle: (() => void)[] = [];

  constructor(port: AssetPort, ready: () => void) {
    this.#port = port;
    this.#ready = ready;
  }

  /** The hash of what an address names; null while it is not known, or cannot be read. */
  ofUrl(url: string, base: string): string | null {
    let full: string;
    try {
      full = new URL(url, base).href;
    } catch {
      return null;
    }
    const known = this.#byUrl.get(full);
    if (known !== undefined) return known;
    if (this.#byUrl.size >= KEPT || !/^(https?|data|blob):/.test(full)) return null;
    this.#byUrl.set(full, null);
    void this.#fetch(full);
    return null;
  }

  async #fetch(url: string): Promise<void> {
    this.#waiting++;
    try {
      const stop = AbortSignal.timeout(FETCH_WITHIN_MS);
      const answer = await fetch(url, {
        signal: stop,
        cache: 'force-cache',
        credentials: 'same-origin',
      });
      const length = Number(answer.headers.get('content-length') ?? 0);
      if (
        !answer.ok ||
        length > LARGEST ||
        /html|json|javascript/.test(answer.headers.get('content-type') ?? '')
      )
        return;
      const content = new Uint8Array(await answer.arrayBuffer());
      if (content.length === 0 || content.length > LARGEST) return;
      this.#byUrl.set(url, await this.put(content));
      this.#ready();
    } catch {
      // Not readable from this page: the replay shows an empty box.
    } finally {
      this.#done();
    }
  }

  #done(): void {
    this.#waiting--;
    if (this.#waiting === 0) for (const each of this.#idle.splice(0)) each();
  }

  get busy(): boolean {
    return this.#waiting > 0 || this.#batch.length > 0;
  }

  /** Resolves to true when nothing is under way, to false after some time. */
  settled(withinMs: number): Promise<boolean> {
    if (this.#waiting === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs);
      this.#idle.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /** Brings content to the relay; resolves to its hash when it is there. */
  async put(content: Uint8Array<ArrayBuffer>): Promise<string> {
    const hash = await sha256(content);
    const name = hex(hash);
    if (this.#inRelay.has(name)) return name;
    await new Promise<void>((done) => {
      if (this.#batch.length === 0) setTimeout(() => void this.#send(), 5);
      this.#batch.push({ hash, name, content, done });
    });
    return name;
  }

  async #send(): Promise<void> {
    const batch = this.#batch.splice(0);
    for (let at = 0; at < batch.length; at += 256) {
      const part = batch.slice(at, at + 256);
      const missing = new Set(await this.#port.missing(part.map(({ name }) => name)));
      for (const { hash, name, content, done } of part) {
        if (missing.has(name)) this.#port.upload(hash, content);
        this.#inRelay.add(name);
        done();
      }
    }
  }
}
