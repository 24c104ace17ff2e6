import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** Which canaries bytes hold, in whatever dress: raw, percent, base64, UTF-16, JSON-escaped, inflated. */
export function canariesIn(bytes: Buffer, pattern: RegExp, depth = 0): Set<string> {
  const found = new Set<string>();
  const look = (text: string): void => {
    for (const [canary] of text.matchAll(pattern)) found.add(canary);
  };
  const raw = bytes.toString('latin1');
  look(raw);
  look(raw.replaceAll('\0', ''));
  look(bytes.toString('utf16le'));
  if (raw.includes('%'))
    look(
      raw.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
    );
  if (raw.includes('\\')) {
    look(
      raw.replace(/\\+u(?:\{([0-9a-f]{1,6})\}|([0-9a-f]{4}))/gi, (_, a?: string, b?: string) =>
        String.fromCharCode(Number.parseInt(a ?? b ?? '', 16) & 0xffff),
      ),
    );
    look(
      raw.replace(/\\+x([0-9a-f]{2})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
    );
    look(
      raw.replace(/\\+([0-9a-f]{1,6})\s?/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16) & 0xffff),
      ),
    );
  }
  if (raw.includes('&#')) {
    look(
      raw.replace(/&#(x?)([0-9a-f]+);?/gi, (_, x: string, n: string) =>
        String.fromCharCode(Number.parseInt(n, x === '' ? 10 : 16) & 0xffff),
      ),
    );
  }
  for (const [run] of raw.matchAll(/[A-Za-z0-9+/_-]{12,}={0,2}/g)) {
    const plain = run.replaceAll('-', '+').replaceAll('_', '/');
    for (let offset = 0; offset < 4; offset++) {
      const decoded = Buffer.from(plain.slice(offset), 'base64');
      look(decoded.toString('latin1'));
      look(decoded.toString('latin1').replaceAll('\0', ''));
    }
  }
  for (const [run] of raw.matchAll(/(?:[0-9a-f]{2}){8,}/gi))
    look(Buffer.from(run, 'hex').toString('latin1'));
  if (depth < 2) {
    for (let offset = 0; offset <= Math.min(8, bytes.length - 3); offset++) {
      for (const open of [inflateRawSync, inflateSync, gunzipSync]) {
        try {
          const inner = open(bytes.subarray(offset));
          if (inner.length > 8)
            for (const each of canariesIn(inner, pattern, depth + 1)) found.add(each);
        } catch {
          // Not packed that way.
        }
      }
    }
  }
  return found;
}

export const SECRET = /ZSEC[0-9]{3}Q/gi;
export const PUBLIC = /PUB[0-9]{3}Q/g;
