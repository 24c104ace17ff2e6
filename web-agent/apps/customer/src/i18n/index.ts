import { en } from './en';

/** Name of a text. */
export type TextKey = keyof typeof en;

/** All texts of one language; a missing one does not compile. */
export type Catalogue = { readonly [K in TextKey]: string };

export const LANGUAGES = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  ja: '日本語',
  ar: 'العربية',
} as const;

export type Language = keyof typeof LANGUAGES;

/** The names between braces in a text. */
type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

type Values<K extends TextKey> = {
  readonly [Name in Placeholders<(typeof en)[K]>]: string | number;
};

/** Gives a text in the language of the page; its placeholders have to be filled. */
export type Translate = <K extends TextKey>(
  key: K,
  ...values: [Placeholders<(typeof en)[K]>] extends [never] ? [] : [Values<K>]
) => string;

const loaders: Record<Language, () => Promise<Catalogue>> = {
  en: async () => en,
  de: async () => (await import('./de')).de,
  fr: async () => (await import('./fr')).fr,
  es: async () => (await import('./es')).es,
  ja: async () => (await import('./ja')).ja,
  ar: async () => (await import('./ar')).ar,
};

export function isLanguage(value: string): value is Language {
  return Object.hasOwn(LANGUAGES, value);
}

/** The first of the wanted languages that there is, else English. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0] ?? '';
    if (isLanguage(base)) return base;
  }
  return 'en';
}

/** English when the texts of a language cannot be fetched: a page in it is better than none. */
export function loadCatalogue(language: Language): Promise<Catalogue> {
  return loaders[language]().catch(() => en);
}

export function textDirection(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}

/** Wraps values in isolates, so that a Latin name does not reorder an Arabic sentence. */
const isolated = (value: string | number, rtl: boolean): string =>
  rtl ? `\u2068${value}\u2069` : String(value);

/** `1 day`, `7 days`: languages count differently. */
const inDays = (days: number, language: Language): string =>
  new Intl.NumberFormat(language, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(days);

export function translator(catalogue: Catalogue, language: Language): Translate {
  const rtl = textDirection(language) === 'rtl';
  return (key, ...values) => {
    const known = (values[0] ?? {}) as Record<string, string | number>;
    return catalogue[key].replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = known[name];
      if (value === undefined) return whole;
      return isolated(name === 'days' ? inDays(Number(value), language) : value, rtl);
    });
  };
}
