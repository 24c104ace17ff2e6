import type { Participant } from '@sightline/protocol';
import { BatteryLow, Thermometer } from 'lucide-react';
import { useText } from '../../i18n';
import { Hint } from '../../ui/hint';
import { useSession } from '../context';
import { displayName } from '../model/announce';
import { percent } from '../model/format';
import './quality-badge.css';

const bars = { good: 3, fair: 2, weak: 1 };

/** A participant's connection: icon, word and round trip. */
export function QualityBadge({ participant }: { participant: Participant }) {
  const texts = useText();
  // Figures from before the own connection broke say nothing about now.
  const known =
    useSession((state) =>
      state.connection === 'live' ? state.quality.get(participant.id) : undefined,
    ) ?? null;
  if (!participant.connected) {
    return (
      <span className="quality soft" data-testid="quality" data-level="away">
        {texts.people.away}
      </span>
    );
  }
  const details =
    known === null
      ? texts.quality.unknown
      : texts.quality.details(
          known.quality.rtt_ms,
          percent(known.quality.loss),
          Math.round(known.quality.fps),
        );
  const saving = known?.quality.saving ?? null;
  const why = saving === null ? '' : ` · ${texts.quality.savingWhy[saving]}`;
  return (
    <Hint text={`${texts.quality.of(displayName(participant, texts))}: ${details}${why}`}>
      <span className="quality" data-testid="quality" data-level={known?.level ?? 'unknown'}>
        <Bars lit={known === null ? 0 : bars[known.level]} />
        {known === null ? (
          <span className="soft">–</span>
        ) : (
          <>
            <span>{texts.quality[known.level]}</span>
            <span className="quality-ms">{texts.quality.ms(known.quality.rtt_ms)}</span>
            {saving !== null && (
              <span className="quality-saving" data-testid="saving" data-saving={saving}>
                {saving === 'heat' ? (
                  <Thermometer size={14} aria-hidden="true" />
                ) : (
                  <BatteryLow size={14} aria-hidden="true" />
                )}
                <span>{texts.quality.saving[saving]}</span>
              </span>
            )}
          </>
        )}
      </span>
    </Hint>
  );
}

/** One to three bars: the same in every colour. */
function Bars({ lit }: { lit: number }) {
  return (
    <svg className="bars" width={14} height={14} viewBox="0 0 14 14" aria-hidden="true">
      {[0, 1, 2].map((bar) => (
        <rect
          key={bar}
          x={bar * 5}
          y={8 - bar * 4}
          width={4}
          height={6 + bar * 4}
          rx={1}
          data-lit={bar < lit}
        />
      ))}
    </svg>
  );
}
