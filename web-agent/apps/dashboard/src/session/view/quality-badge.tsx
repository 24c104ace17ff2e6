import type { Participant } from '@sightline/protocol';
import { Signal, SignalHigh, SignalLow, SignalMedium } from 'lucide-react';
import { useText } from '../../i18n';
import { Hint } from '../../ui/hint';
import { useSession } from '../context';
import { displayName } from '../model/announce';
import { percent } from '../model/format';
import './quality-badge.css';

const icons = { good: SignalHigh, fair: SignalMedium, weak: SignalLow };

/** A participant's connection: icon, word and round trip. */
export function QualityBadge({ participant }: { participant: Participant }) {
  const texts = useText();
  const known = useSession((state) => state.quality.get(participant.id)) ?? null;
  if (!participant.connected) {
    return (
      <span className="quality soft" data-testid="quality" data-level="away">
        {texts.people.away}
      </span>
    );
  }
  const Icon = known === null ? Signal : icons[known.level];
  const details =
    known === null
      ? texts.quality.unknown
      : texts.quality.details(
          known.quality.rtt_ms,
          percent(known.quality.loss),
          Math.round(known.quality.fps),
        );
  return (
    <Hint text={`${texts.quality.of(displayName(participant, texts))}: ${details}`}>
      <span className="quality" data-testid="quality" data-level={known?.level ?? 'unknown'}>
        <Icon size={16} aria-hidden="true" />
        {known === null ? (
          <span className="soft">–</span>
        ) : (
          <>
            <span>{texts.quality[known.level]}</span>
            <span className="quality-ms">{texts.quality.ms(known.quality.rtt_ms)}</span>
          </>
        )}
      </span>
    </Hint>
  );
}
