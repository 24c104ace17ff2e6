// Remembers what was hidden, so that it stays hidden where the page repeats it: a greeting with the
// name that was typed, an error that quotes the number, a list that is drawn again without its mark.

const TOKEN = /[\p{L}\p{N}@._+-]{4,}/gu;
const TELLING = /[\p{N}@]/u;
/** Texts kept; the oldest go first. */
const KEPT = 20_000;
const LONGEST = 20_000;

export class Echo {
  readonly #whole = new Set<string>();
  readonly #tokens = new Set<string>();

  /** Keeps a hidden text. `typed` ones are kept word by word, others only by words with digits. */
  remember(text: string, typed: boolean): void {
    const whole = normal(text);
    if (whole.length < 4) return;
    keep(this.#whole, whole);
    for (const [token] of whole.matchAll(TOKEN)) {
      if (typed || (token.length >= 5 && TELLING.test(token))) keep(this.#tokens, trimmed(token));
    }
  }

  /** True when a text that would be shown repeats a hidden one. */
  repeats(text: string): boolean {
    if (this.#whole.size === 0) return false;
    const whole = normal(text);
    if (this.#whole.has(whole)) return true;
    for (const [token] of whole.matchAll(TOKEN)) if (this.#tokens.has(trimmed(token))) return true;
    return false;
  }
}

const normal = (text: string): string =>
  text.slice(0, LONGEST).replace(/\s+/g, ' ').trim().toLowerCase();
const trimmed = (token: string): string => token.replace(/^[._+-]+|[._+-]+$/g, '');

function keep(set: Set<string>, text: string): void {
  if (set.size >= KEPT) {
    const [oldest] = set;
    if (oldest !== undefined) set.delete(oldest);
  }
  set.add(text);
}
