import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { read, write } from '../app/theme';
import { de } from './de';
import { type Catalogue, en } from './en';

export type { Catalogue } from './en';

const catalogues = { en, de } satisfies Record<string, Catalogue>;

/** A language that the dashboard speaks. */
export type Language = keyof typeof catalogues;

/** All languages, for a picker. */
export const languages = Object.keys(catalogues) as Language[];

const KEY = 'sightline.language';

/** The best language: the chosen one, else the first that the browser wants, else English. */
export function pickLanguage(stored: string | null, wanted: readonly string[]): Language {
  for (const tag of stored === null ? wanted : [stored, ...wanted]) {
    const base = tag.toLowerCase().split('-')[0];
    const found = languages.find((language) => language === base);
    if (found !== undefined) return found;
  }
  return 'en';
}

/** The texts of a language. */
export function textsOf(language: Language): Catalogue {
  return catalogues[language];
}

interface Speech {
  language: Language;
  texts: Catalogue;
  setLanguage(language: Language): void;
}

const SpeechContext = createContext<Speech>({
  language: 'en',
  texts: en,
  setLanguage: () => {},
});

/** Gives the chosen language to everything below. */
export function SpeechProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(() => pickLanguage(read(KEY), navigator.languages));
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo<Speech>(
    () => ({
      language,
      texts: catalogues[language],
      setLanguage(next) {
        write(KEY, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <SpeechContext.Provider value={speech}>{children}</SpeechContext.Provider>;
}

/** The texts to show. */
export function useText(): Catalogue {
  return useContext(SpeechContext).texts;
}

/** The chosen language and how to change it. */
export function useSpeech(): Speech {
  return useContext(SpeechContext);
}
