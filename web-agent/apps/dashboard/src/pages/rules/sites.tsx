import type { PageRules } from '@sightline/protocol';
import { Globe, Trash2 } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Message } from '../../ui/message';
import { type OriginProblem, originOf, SITES } from './model';

interface SitesProps {
  readonly rules: PageRules;
  readonly onChange: (changed: Partial<PageRules>) => void;
}

/** The origins on which pages may be shared, and over which a session goes on. */
export function Sites({ rules: { origins }, onChange }: SitesProps) {
  const texts = useText();
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<OriginProblem | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const add = (event: FormEvent): void => {
    event.preventDefault();
    const found = originOf(typed, origins);
    if ('problem' in found) setProblem(found.problem);
    else {
      onChange({ origins: [...origins, found.origin] });
      setTyped('');
    }
    form.current?.querySelector('input')?.focus();
  };
  return (
    <section className="rules-part" aria-label={texts.rules.sites}>
      <h2>
        {texts.rules.sites}{' '}
        <span className="soft">
          {origins.length} / {SITES}
        </span>
      </h2>
      <p className="soft">{origins.length === 0 ? texts.rules.anySite : texts.rules.theseSites}</p>
      {origins.length > 0 && (
        <ul className="rules-list">
          {origins.map((origin) => (
            <li key={origin} className="rule" data-testid="site">
              <Globe size={16} aria-hidden="true" />
              <code>{origin}</code>
              <Button
                icon
                aria-label={texts.rules.removeSite(origin)}
                onClick={() => onChange({ origins: origins.filter((one) => one !== origin) })}
                data-testid="site-remove"
              >
                <Trash2 size={16} />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form className="rules-site" onSubmit={add} noValidate ref={form}>
        <Field
          label={texts.rules.site}
          placeholder="https://www.example.com"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setProblem(null);
          }}
          inputMode="url"
          autoComplete="off"
          aria-invalid={problem !== null}
          data-testid="site-field"
        />
        <Button
          type="submit"
          look="outline"
          size="large"
          disabled={typed.trim() === ''}
          data-testid="site-add"
        >
          {texts.rules.addSite}
        </Button>
      </form>
      {problem !== null && (
        <Message kind="bad" testId="site-problem">
          {texts.rules.siteProblems[problem]}
        </Message>
      )}
    </section>
  );
}
