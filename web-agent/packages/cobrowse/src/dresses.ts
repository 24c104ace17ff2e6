// Other dresses of a text: what it says when its escapes, its base64 or its hexadecimal digits are
// read. A page that shows a link with a name in it shows the name.

/** Longer runs are files, not names. */
const LONGEST_RUN = 4_000;
/** Letters of both cases or digits among letters: what base64 looks like, and few words do. */
const MIXED = /[a-z][A-Z]|[A-Za-z]\d|\d[A-Za-z]/;

/** What a text says when it is read in other ways. Empty for nearly all texts. */
export function* dresses(text: string): Iterable<string> {
  if (/%[0-9a-f]{2}|&#|\\+[ux]?[0-9a-f{]/i.test(text)) {
    yield text
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => char(hex, 16))
      .replace(/&#x([0-9a-f]{1,6});?/gi, (_, hex: string) => char(hex, 16))
      .replace(/&#(\d{1,7});?/g, (_, digits: string) => char(digits, 10))
      .replace(/\\+(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2}))/gi, (_, a, b, c) =>
        char((a ?? b ?? c) as string, 16),
      );
    // As style sheets write it.
    yield text.replace(/\\+([0-9a-f]{1,6})\s?/gi, (_, hex: string) => char(hex, 16));
  }
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{7,}/g)) {
    if (run.length > LONGEST_RUN) continue;
    if (/^([0-9a-f]{2}){5,}$/i.test(run))
      yield run.replace(/../g, (hex) => char(hex, 16)).replaceAll('\0', '');
    if (!MIXED.test(run)) continue;
    const plain = run.replaceAll('-', '+').replaceAll('_', '/');
    for (let from = 0; from < 4; from++) {
      const part = plain.slice(from);
      try {
        yield atob(part.slice(0, part.length - (part.length % 4 === 1 ? 1 : 0))).replaceAll(
          '\0',
          '',
        );
      } catch {
        // Not base64.
      }
    }
  }
}

const char = (digits: string, base: number): string =>
  String.fromCodePoint(Math.min(Number.parseInt(digits, base), 0x10ffff));
