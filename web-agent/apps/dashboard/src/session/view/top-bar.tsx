import { CircleStop, LogOut, Mic, MicOff } from 'lucide-react';
import { useEffect, useReducer } from 'react';
import { Brand } from '../../app/page';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { Hint } from '../../ui/hint';
import { useCapabilities, useDesk, useDeskState, useSession } from '../context';
import { displayName } from '../model/announce';
import { clock } from '../model/format';
import { customerOf } from '../model/select';
import { InvitePopover } from './invite-popover';
import { QualityBadge } from './quality-badge';
import './top-bar.css';

/** Who, since when, how good, and the way out. */
export function TopBar() {
  const texts = useText();
  const can = useCapabilities();
  const session = useSession((state) => state.session);
  const participants = useSession((state) => state.participants);
  const customer = customerOf(participants);
  const title = session === null ? '' : session.title || texts.home.untitled;
  useTabTitle(title);
  const name = customer === null ? '' : displayName(customer, texts);
  return (
    <header className="top-bar">
      <Brand />
      <div className="top-what">
        <h1 className="top-title" data-testid="session-title" title={title}>
          {title}
        </h1>
        {customer !== null && name !== title && <span className="top-customer">{name}</span>}
        <SessionClock />
        {customer !== null && <QualityBadge participant={customer} />}
      </div>
      <div className="top-end">
        {can.speak && <MicrophoneButton />}
        {can.invite && <InvitePopover />}
        <WayOut />
      </div>
    </header>
  );
}

/** The browser's tab tells the session and how many messages wait there. */
function useTabTitle(title: string): void {
  const unread = useDeskState((state) => state.unread);
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${title} – Sightline`;
    return () => {
      document.title = 'Sightline';
    };
  }, [title, unread]);
}

function SessionClock() {
  const texts = useText();
  const { client } = useDesk();
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  const ms = client.sessionMs();
  return (
    <span className="top-clock" role="timer" aria-label={texts.session.duration}>
      {ms === null ? '' : clock(ms)}
    </span>
  );
}

function MicrophoneButton() {
  const texts = useText();
  const desk = useDesk();
  const on = useDeskState((state) => state.microphone);
  const text = on ? texts.session.microphoneOff : texts.session.microphoneOn;
  const Icon = on ? Mic : MicOff;
  return (
    <Hint text={text} shortcut="M">
      <Button
        look="outline"
        icon
        aria-label={text}
        data-on={on}
        className="top-microphone"
        onClick={() => desk.run({ type: 'microphone' })}
        data-testid="microphone"
      >
        <Icon size={16} aria-hidden="true" />
      </Button>
    </Hint>
  );
}

function WayOut() {
  const texts = useText();
  const desk = useDesk();
  const can = useCapabilities();
  if (can.end) {
    return (
      <Button
        look="outline"
        className="top-end-button"
        aria-label={texts.session.end}
        onClick={() => desk.askToEnd()}
        data-testid="end-session"
      >
        <CircleStop size={16} aria-hidden="true" />
        <span>{texts.session.end}</span>
      </Button>
    );
  }
  return (
    <Button
      look="outline"
      aria-label={texts.session.leave}
      onClick={() => desk.client.leave()}
      data-testid="leave-session"
    >
      <LogOut size={16} aria-hidden="true" />
      <span>{texts.session.leave}</span>
    </Button>
  );
}
