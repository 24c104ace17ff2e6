import type { PageRule } from '@sightline/protocol';
import { Ban, Eye, EyeOff, Hand, type LucideIcon, Trash2 } from 'lucide-react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { sameRule } from './model';

const icons: Record<PageRule['action'], LucideIcon> = {
  mask: EyeOff,
  block: Ban,
  show: Eye,
  no_control: Hand,
};

interface RuleListProps {
  readonly rules: readonly PageRule[];
  readonly saved: readonly PageRule[];
  readonly hits: readonly number[] | null;
  readonly onRemove: (rule: PageRule) => void;
}

/** The rules with what each finds on the page that is looked at. */
export function RuleList({ rules, saved, hits, onRemove }: RuleListProps) {
  const texts = useText();
  return (
    <section className="rules-part" aria-label={texts.rules.list}>
      <h2>
        {texts.rules.list} <span className="soft">{rules.length}</span>
      </h2>
      {rules.length === 0 ? (
        <p className="soft">{texts.rules.none}</p>
      ) : (
        <ul className="rules-list">
          {rules.map((rule, index) => {
            const Icon = icons[rule.action];
            const found = hits?.[index];
            const what = [rule.selector, rule.text == null ? null : `“${rule.text}”`]
              .filter((part) => part != null)
              .join(' ');
            return (
              <li
                key={JSON.stringify(rule)}
                className="rule"
                data-testid="rule"
                data-action={rule.action}
                data-hits={found}
                data-new={!saved.some((known) => sameRule(known, rule))}
              >
                <Icon size={16} aria-hidden="true" />
                <div className="rule-what">
                  <span>{texts.rules.actions[rule.action]}</span>
                  <code>{what || texts.rules.whole}</code>
                  {rule.url != null && <code className="soft">{rule.url}</code>}
                  {found !== undefined && <span className="soft">{texts.rules.finds(found)}</span>}
                </div>
                <Button
                  icon
                  aria-label={texts.rules.remove(what || (rule.url ?? ''))}
                  onClick={() => onRemove(rule)}
                  data-testid="rule-remove"
                >
                  <Trash2 size={16} />
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
