import { useState } from 'react';
import { type Language, languages, textsOf, useSpeech } from '../i18n';
import { applyTheme, storedTheme, type ThemeChoice } from './theme';

const themes: ThemeChoice[] = ['dark', 'light', 'system'];

/** Colours and language. */
export function Preferences() {
  const { texts, language, setLanguage } = useSpeech();
  const [theme, setTheme] = useState(storedTheme);
  return (
    <>
      <select
        className="select"
        aria-label={texts.app.theme}
        data-testid="theme"
        value={theme}
        onChange={(event) => {
          const choice = themes.find((name) => name === event.target.value) ?? 'dark';
          applyTheme(choice);
          setTheme(choice);
        }}
      >
        {themes.map((name) => (
          <option key={name} value={name}>
            {texts.app.themes[name]}
          </option>
        ))}
      </select>
      <select
        className="select"
        aria-label={texts.app.language}
        data-testid="language"
        value={language}
        onChange={(event) => setLanguage(event.target.value as Language)}
      >
        {languages.map((name) => (
          <option key={name} value={name} lang={name}>
            {textsOf(name).languageName}
          </option>
        ))}
      </select>
    </>
  );
}
