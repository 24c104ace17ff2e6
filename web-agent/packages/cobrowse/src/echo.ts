// Remembers what was hidden, so that it stays hidden where the page repeats it: a greeting with the
// name that was typed, an error that quotes the number, a list that is drawn again without its mark.

import { dresses } from './dresses';
import { MASK } from './wire';

const TOKEN = /[\p{L}\p{N}@._+-]+/gu;
const WORD = /[\p{L}\p{N}]+/gu;
const TELLING = /[\p{N}@]/u;
/** Texts kept of each kind; the oldest go first. */
const KEPT = 20_000;
/** A longer text is not compared letter by letter. */
const LONGEST = 20_000;
/** Shorter words are hidden only beside others that were typed. */
const SHORTEST_WORD = 4;
/** Words with digits from this length on are found inside of others. */
const KEY = 5;

type Span = [from: number, to: number];

export class Echo {
  readonly #whole = new Set<string>();
  readonly #words = new Set<string>();
  readonly #short = new Set<string>();
  /** Words with digits, by how they begin. */
  readonly #telling = new Map<string, Set<string>>();
  readonly #tellingKept = new Set<string>();

  /** Keeps a hidden text. `typed` ones are kept word by word, others only by words with digits. */
  remember(text: string, typed: boolean): void {
    const whole = normal(text);
    if (whole.length < SHORTEST_WORD) return;
    keep(this.#whole, whole);
    for (const [found] of text.toLowerCase().matchAll(TOKEN)) {
      const token = trimmed(found);
      if (token.length >= KEY && TELLING.test(token)) this.#keepTelling(token);
      if (typed) keep(token.length < SHORTEST_WORD ? this.#short : this.#words, token);
    }
  }

  #keepTelling(token: string): void {
    if (this.#tellingKept.has(token)) return;
    keep(this.#tellingKept, token, (gone) => this.#telling.get(gone.slice(0, KEY))?.delete(gone));
    const key = token.slice(0, KEY);
    const known = this.#telling.get(key);
    if (known === undefined) this.#telling.set(key, new Set([token]));
    else known.add(token);
  }

  /** True when a text that would be shown repeats a hidden one. */
  repeats(text: string): boolean {
    return this.cover(text) !== text;
  }

  /** A text that would be shown, with masks in the place of what repeats a hidden one. */
  cover(text: string): string {
    if (this.#whole.size === 0) return text;
    const lower = text.toLowerCase();
    if (this.#whole.has(normal(text))) return MASK;
    for (const dress of dresses(text)) if (this.#tells(dress.toLowerCase()).length > 0) return MASK;
    const spans = [...this.#tells(lower), ...this.#said(lower)];
    if (spans.length === 0) return text;
    // Some letters change their number when they change their case.
    return lower.length === text.length ? this.#covered(text, lower, spans) : MASK;
  }

  /** Words with digits, wherever they stand. */
  #tells(lower: string): Span[] {
    const spans: Span[] = [];
    if (this.#telling.size === 0 || !TELLING.test(lower)) return spans;
    for (let at = 0; at + KEY <= lower.length; at++) {
      for (const token of this.#telling.get(lower.substring(at, at + KEY)) ?? []) {
        const end = at + token.length;
        if (!lower.startsWith(token, at)) continue;
        // A number is not repeated by a longer one.
        if (isDigit(token[0]) && isDigit(lower[at - 1])) continue;
        if (isDigit(token.at(-1)) && isDigit(lower[end])) continue;
        spans.push([at, end]);
      }
    }
    return spans;
  }

  /** Words that were typed. */
  #said(lower: string): Span[] {
    const spans: Span[] = [];
    if (this.#words.size === 0) return spans;
    for (const pattern of [TOKEN, WORD]) {
      for (const { 0: token, index } of lower.matchAll(pattern)) {
        const word = trimmed(token);
        const from = index + token.indexOf(word);
        if (this.#words.has(word)) spans.push([from, from + word.length]);
      }
    }
    return spans;
  }

  /** Puts masks over spans, and over short words around them that were typed as well. */
  #covered(text: string, lower: string, spans: Span[]): string {
    for (const { 0: word, index } of lower.matchAll(WORD))
      if (word.length < SHORTEST_WORD && this.#short.has(word))
        spans.push([index, -(index + word.length)]);
    spans.sort((a, b) => a[0] - b[0]);
    const merged: { from: number; to: number; sure: boolean }[] = [];
    for (const [from, end] of spans) {
      const [to, sure] = [Math.abs(end), end > 0];
      const last = merged.at(-1);
      if (
        last !== undefined &&
        !/[\p{L}\p{N}]{4}/u.test(text.slice(last.to, Math.max(last.to, from)))
      ) {
        last.to = Math.max(last.to, to);
        last.sure ||= sure;
      } else merged.push({ from, to, sure });
    }
    let out = '';
    let done = 0;
    for (const { from, to, sure } of merged) {
      if (!sure) continue;
      out += text.slice(done, from) + MASK;
      done = to;
    }
    return out + text.slice(done);
  }
}

/** A text as it is compared: a long one by how it begins, how it ends and its length. */
function normal(text: string): string {
  const whole = text.replace(/\s+/g, ' ').trim().toLowerCase();
  if (whole.length <= LONGEST) return whole;
  return `${whole.slice(0, LONGEST / 2)}${whole.length}${whole.slice(-LONGEST / 2)}`;
}
const trimmed = (token: string): string => token.replace(/^[._+-]+|[._+-]+$/g, '');
const isDigit = (char: string | undefined): boolean =>
  char !== undefined && char >= '0' && char <= '9';

function keep(set: Set<string>, text: string, gone?: (oldest: string) => void): void {
  if (set.size >= KEPT) {
    const [oldest] = set;
    if (oldest !== undefined) {
      set.delete(oldest);
      gone?.(oldest);
    }
  }
  set.add(text);
}
