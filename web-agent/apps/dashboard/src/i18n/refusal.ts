import type { Catalogue } from './en';

/** What the server's refusal of a session message means for the agent. */
export function refusalText(texts: Catalogue, code: string): string {
  switch (code) {
    case 'rate_limited':
      return texts.errors.rate_limited(null);
    case 'invalid_message':
      return texts.errors.version_mismatch;
    default: {
      const found = new Map<string, unknown>(Object.entries(texts.errors)).get(code);
      return typeof found === 'string' ? found : texts.errors.unknown;
    }
  }
}
