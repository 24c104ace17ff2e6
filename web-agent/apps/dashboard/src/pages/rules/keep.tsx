import type { PageRules } from '@sightline/protocol';
import { useText } from '../../i18n';

/** What a company starts with. */
const DAYS = 7;
const MOST = 365;

interface KeepProps {
  readonly of: 'page' | 'film';
  readonly rules: PageRules;
  readonly onChange: (changed: Partial<PageRules>) => void;
}

/** Whether what was seen is kept with the session's record, and for how long. */
export function Keep({ of, rules, onChange }: KeepProps) {
  const texts = useText();
  const field = of === 'page' ? 'record_days' : 'film_days';
  const days = rules[field] ?? null;
  return (
    <fieldset className="rules-part">
      <legend>{of === 'page' ? texts.rules.keep : texts.rules.keepFilm}</legend>
      <label className="rules-option">
        <input
          type="checkbox"
          checked={days !== null}
          onChange={(event) => onChange({ [field]: event.target.checked ? DAYS : null })}
          data-testid={of === 'page' ? 'rules-keep' : 'rules-keep-film'}
        />
        {of === 'page' ? texts.rules.keepIt : texts.rules.keepFilmIt}
      </label>
      {days !== null && (
        <label className="rules-option">
          <input
            className="input rules-days"
            type="number"
            min={1}
            max={MOST}
            value={days}
            onChange={(event) => {
              const typed = Math.round(event.target.valueAsNumber);
              if (typed >= 1 && typed <= MOST) onChange({ [field]: typed });
            }}
            data-testid={of === 'page' ? 'rules-days' : 'rules-film-days'}
          />
          {texts.rules.days}
        </label>
      )}
    </fieldset>
  );
}
