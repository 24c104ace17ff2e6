import type { ComponentChildren } from 'preact';
import type { Sharing } from '../model/sharing';
import { useText } from '../ui/hooks';
import {
  ChatIcon,
  EndIcon,
  MicIcon,
  PauseIcon,
  PlayIcon,
  SwitchIcon,
  TorchIcon,
} from '../ui/icons';
import { Notice } from '../ui/notice';
import { mediaProblemText } from '../ui/problem';

interface ControlsProps {
  readonly sharing: Sharing;
  readonly chatOpen: boolean;
  readonly unread: number;
  readonly onChat: () => void;
  readonly onEnd: () => void;
}

/** The row for the thumb. Only what this device can do is there. */
export function Controls({ sharing, chatOpen, unread, onChat, onEnd }: ControlsProps) {
  const text = useText();
  const { kind, paused, torch, canSwitch, microphone, busy, problem } = sharing.state;
  return (
    <>
      <Notice
        text={
          problem === null
            ? null
            : problem.of === 'microphone' && problem.why === 'denied'
              ? text('denied_mic')
              : mediaProblemText(text, problem.why)
        }
      />
      <nav class="controls" aria-label={text('live_controls')}>
        {kind !== null && (
          <Control
            label={text(paused ? 'resume' : 'pause')}
            pressed={paused}
            onClick={() => sharing.setPaused(!paused)}
          >
            {paused ? <PlayIcon /> : <PauseIcon />}
          </Control>
        )}
        {torch !== null && (
          <Control
            label={text('torch')}
            long={text(torch ? 'torch_off' : 'torch_on')}
            pressed={torch}
            onClick={() => void sharing.toggleTorch()}
          >
            <TorchIcon />
          </Control>
        )}
        {canSwitch && (
          <Control
            label={text('switch_camera')}
            long={text('switch_camera_long')}
            busy={busy}
            onClick={() => void sharing.switchCamera()}
          >
            <SwitchIcon />
          </Control>
        )}
        <Control
          label={text('microphone')}
          long={text(microphone ? 'microphone_off' : 'microphone_on')}
          pressed={microphone}
          busy={busy}
          onClick={() => void sharing.toggleMicrophone()}
        >
          <MicIcon off={!microphone} />
        </Control>
        <Control
          label={text('chat')}
          long={unread > 0 ? text('chat_unread', { count: unread }) : text('chat_open')}
          expanded={chatOpen}
          badge={unread > 9 ? '9+' : String(unread || '')}
          onClick={onChat}
        >
          <ChatIcon />
        </Control>
        <Control label={text('end')} kind="end" onClick={onEnd}>
          <EndIcon />
        </Control>
      </nav>
    </>
  );
}

interface ControlProps {
  readonly label: string;
  /** What it does, where the short word does not say it. */
  readonly long?: string;
  readonly kind?: 'end';
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly busy?: boolean;
  /** Shown at the corner and not spoken: the long name says it. Empty for none. */
  readonly badge?: string;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

function Control(props: ControlProps) {
  const { label, long, kind, pressed, expanded, busy, badge, onClick, children } = props;
  return (
    <button
      type="button"
      class={`control ${kind ?? ''} ${pressed ? 'pressed' : ''}`}
      aria-label={long === undefined ? undefined : spoken(label, long)}
      aria-pressed={long === undefined ? pressed : undefined}
      aria-expanded={expanded}
      aria-disabled={busy}
      onClick={() => busy !== true && onClick()}
    >
      <span class="control-icon" data-badge={badge || undefined} aria-hidden="true">
        {children}
      </span>
      <span class="control-label">{label}</span>
    </button>
  );
}

/** The spoken name holds the visible word, so that people who speak to their device can say it. */
export function spoken(label: string, long: string): string {
  return long.toLowerCase().includes(label.toLowerCase()) ? long : `${label}: ${long}`;
}
