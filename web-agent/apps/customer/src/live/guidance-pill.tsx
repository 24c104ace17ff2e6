import { useEffect, useState } from 'preact/hooks';
import { useAnnounce, useText } from '../ui/hooks';
import { TurnIcon } from '../ui/icons';
import type { Guidance } from './guidance';

/** A hint is shown when it holds for this long, so that a blink of the tracking does not flicker. */
const SETTLE_MS = 350;

const TEXTS = {
  left: 'turn_left',
  right: 'turn_right',
  up: 'turn_up',
  down: 'turn_down',
  hold_still: 'hold_still',
} as const;

/** "Turn right", "hold still a moment". */
export function GuidancePill({ guidance }: { guidance: Guidance | null }) {
  const text = useText();
  const announcer = useAnnounce();
  const [shown, setShown] = useState<Guidance | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setShown(guidance), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [guidance]);
  useEffect(() => {
    if (shown !== null) announcer.say(text(TEXTS[shown]));
  }, [shown]);
  if (shown === null) return null;
  return (
    <div class="guidance" data-guidance={shown} aria-hidden="true">
      {shown !== 'hold_still' && <TurnIcon turn={shown} />}
      {text(TEXTS[shown])}
    </div>
  );
}
