import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { LANGUAGES, type Language } from '../i18n';
import { useText } from './hooks';

interface PageProps {
  readonly language: Language;
  readonly onLanguage: (language: Language) => void;
  /** Name of the screen; a change moves the focus to its start. */
  readonly screen: string;
  readonly children: ComponentChildren;
}

/** A card in the middle with the language picker above: every screen but the live one. */
export function Page({ language, onLanguage, screen, children }: PageProps) {
  const text = useText();
  const main = useRef<HTMLElement>(null);
  const before = useRef(screen);
  useEffect(() => {
    // Somebody who does not see the page is taken to what is new on it.
    if (before.current !== screen) main.current?.focus({ preventScroll: true });
    before.current = screen;
  }, [screen]);
  return (
    <div class="page">
      <header class="page-top">
        <span class="brand">Sightline</span>
        <label class="language">
          <span class="visually-hidden">{text('language')}</span>
          <select
            value={language}
            onChange={(event) => onLanguage(event.currentTarget.value as Language)}
          >
            {Object.entries(LANGUAGES).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </header>
      <main ref={main} tabIndex={-1} class="card">
        {children}
      </main>
    </div>
  );
}
