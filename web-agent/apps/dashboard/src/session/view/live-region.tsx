import { useText } from '../../i18n';
import { useDeskState } from '../context';

/** Tells a screen reader what happens in the session. */
export function LiveRegion() {
  const texts = useText();
  const heard = useDeskState((state) => state.heard);
  return (
    <div className="only-heard" role="log" aria-live="polite" data-testid="heard">
      {heard !== null && <p key={heard.id}>{heard.say(texts)}</p>}
    </div>
  );
}
