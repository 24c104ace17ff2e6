import { useEffect, useRef } from 'preact/hooks';
import type { Screen, Shareable } from '../model/visit';
import { BlockedHelp } from '../ui/blocked-help';
import { useText } from '../ui/hooks';
import { CameraIcon, ScreenIcon } from '../ui/icons';
import { Notice } from '../ui/notice';
import { mediaProblemText } from '../ui/problem';

interface AllowScreenProps {
  readonly screen: Screen & { name: 'allow' };
  readonly agent: string;
  readonly onShare: (kind: Shareable) => void;
  /** Goes into the session without a picture, to use the chat. */
  readonly onLater: () => void;
}

/** Explains the browser's question before it appears, and helps when the answer was no. */
export function AllowScreen({ screen, agent, onShare, onLater }: AllowScreenProps) {
  const text = useText();
  const { kind, back, busy, problem } = screen;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!busy) button.current?.focus({ preventScroll: true });
  }, [busy]);

  if (problem === 'denied') {
    return <BlockedHelp buttonRef={button} onRetry={() => onShare(kind)} onLater={onLater} />;
  }
  const resume = text(kind === 'camera' ? 'allow_resume_camera' : 'allow_resume_screen');
  const start = problem !== null ? text('try_again') : back ? resume : text('allow_start');
  return (
    <>
      <div class="prompt-picture" aria-hidden="true">
        <span class="prompt-bar" />
        <span class="prompt-question">
          {kind === 'camera' ? <CameraIcon /> : <ScreenIcon />}
          <i />
          <b />
        </span>
      </div>
      <h1>{text(back ? 'allow_back_title' : 'allow_title')}</h1>
      {back && <p>{text('allow_back_text', { agent })}</p>}
      <p>{text(kind === 'camera' ? 'allow_camera' : 'allow_screen')}</p>
      <Notice text={problem && mediaProblemText(text, problem)} />
      <div class="actions">
        <button
          ref={button}
          type="button"
          class="primary"
          aria-disabled={busy}
          onClick={() => !busy && onShare(kind)}
        >
          {busy ? text('allow_waiting') : start}
        </button>
        {problem !== null && (
          <button type="button" class="link" onClick={onLater}>
            {text('chat_open')}
          </button>
        )}
      </div>
    </>
  );
}
