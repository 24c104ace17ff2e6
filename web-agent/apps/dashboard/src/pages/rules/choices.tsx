import type { MaskMode, PageRule, PickedElement } from '@sightline/protocol';
import { useEffect, useRef, useState } from 'react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { choicesFor, type Where } from './model';

interface ChoicesProps {
  readonly picked: PickedElement;
  /** Address of the page that is looked at. */
  readonly address: string;
  readonly mode: MaskMode;
  readonly onChoose: (rule: PageRule) => void;
  readonly onCancel: () => void;
}

/** What can be done about the chosen element, in plain words. */
export function Choices({ picked, address, mode, onChoose, onCancel }: ChoicesProps) {
  const texts = useText();
  const [where, setWhere] = useState<Where>('everywhere');
  const box = useRef<HTMLElement>(null);
  // The next step is here, also for the keyboard.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another element is another question
  useEffect(() => box.current?.querySelector<HTMLElement>('button')?.focus(), [picked.one]);
  return (
    <section
      ref={box}
      className="rules-part rules-choices"
      aria-label={texts.rules.chosen}
      data-testid="choices"
    >
      <h2>
        {texts.rules.chosen} <code>{picked.name}</code>
        {picked.text != null && <span className="soft"> “{picked.text}”</span>}
      </h2>
      {picked.hidden && <p className="soft">{texts.rules.hiddenAlready}</p>}
      <label className="rules-where">
        {texts.rules.where}
        <select
          className="select"
          value={where}
          onChange={(event) => setWhere(event.target.value as Where)}
          data-testid="choice-where"
        >
          {(['everywhere', 'page', 'section'] as const).map((one) => (
            <option key={one} value={one}>
              {texts.rules.wheres[one]}
            </option>
          ))}
        </select>
      </label>
      <div className="rules-buttons">
        {choicesFor(picked, where, address, mode).map(({ kind, rule, hits }) => (
          <Button
            key={kind}
            look="outline"
            onClick={() => onChoose(rule)}
            data-testid={`choice-${kind}`}
          >
            {texts.rules.choices[kind]}
            {hits !== null && hits > 1 && <span className="soft"> ({hits})</span>}
          </Button>
        ))}
        <Button onClick={onCancel}>{texts.app.cancel}</Button>
      </div>
    </section>
  );
}
