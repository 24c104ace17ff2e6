import { describe, expect, it } from 'vitest';
import { languages, pickLanguage, textsOf } from '.';

function leaves(value: unknown, path = ''): string[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
  }
  return [`${path}:${typeof value}`];
}

describe('pickLanguage', () => {
  it('prefers what was chosen', () => {
    expect(pickLanguage('de', ['en-GB'])).toBe('de');
  });

  it('takes the first wanted language that exists', () => {
    expect(pickLanguage(null, ['xx', 'de-AT', 'en'])).toBe('de');
  });

  it('falls back to English', () => {
    expect(pickLanguage('klingon', ['xx'])).toBe('en');
  });
});

describe('catalogues', () => {
  it('have the same keys and leave no text empty', () => {
    const keys = leaves(textsOf('en'));
    expect(keys.length).toBeGreaterThan(150);
    for (const language of languages) {
      expect(leaves(textsOf(language))).toEqual(keys);
      expect(JSON.stringify(textsOf(language))).not.toContain('""');
    }
  });
});
