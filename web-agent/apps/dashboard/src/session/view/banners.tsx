import type { Surface } from '@sightline/protocol';
import { EyeOff, Snowflake, WifiOff } from 'lucide-react';
import { useEffect } from 'react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { Message } from '../../ui/message';
import { useDesk, useDeskState, useSession } from '../context';
import { hiddenName } from '../model/announce';

/** How long a notice stays, in milliseconds. */
const NOTICE_MS = 7_000;

/** Says that the agent's own connection is broken. */
export function ConnectionBanner() {
  const texts = useText();
  const connection = useSession((state) => state.connection);
  if (connection !== 'reconnecting') return null;
  return (
    <div className="banner" role="status" data-testid="reconnecting">
      <WifiOff size={16} aria-hidden="true" />
      <span className="banner-text">{texts.session.reconnecting}</span>
    </div>
  );
}

/** Says that the picture stands still, and how to go on. */
export function FrozenBanner() {
  const texts = useText();
  const desk = useDesk();
  const frozen = useDeskState((state) => state.frozen !== null);
  if (!frozen) return null;
  return (
    <div className="banner" role="status" data-testid="frozen-banner">
      <Snowflake size={16} aria-hidden="true" />
      <span>{texts.stage.frozen}</span>
      <span className="banner-hint">
        <kbd>{texts.keys.space}</kbd> {texts.stage.frozenHint}
      </span>
      <Button onClick={() => desk.goLive()} data-testid="go-live">
        {texts.stage.goLive}
      </Button>
    </div>
  );
}

/** Says that the customer hides something: grey stripes are no fault of the picture. */
export function HiddenChip({ surface }: { surface: Surface }) {
  const texts = useText();
  const parts = surface.hidden_parts ?? 0;
  if (parts === 0) return null;
  return (
    <div className="banner chip" data-testid="hidden-chip" data-parts={parts}>
      <EyeOff size={16} aria-hidden="true" />
      <span className="banner-text">{hiddenName(parts, texts)}</span>
    </div>
  );
}

/** What just went wrong or well; goes by itself. */
export function NoticeBar() {
  const texts = useText();
  const desk = useDesk();
  const notice = useDeskState((state) => state.notice);
  useEffect(() => {
    if (notice === null) return;
    const timer = setTimeout(
      () => desk.store.dispatch({ type: 'notice_read', id: notice.id }),
      NOTICE_MS,
    );
    return () => clearTimeout(timer);
  }, [notice, desk]);
  if (notice === null) return null;
  return (
    <Message kind={notice.kind} testId="notice">
      {notice.say(texts)}
    </Message>
  );
}
