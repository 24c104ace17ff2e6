import type { SessionInfo } from '@sightline/protocol';
import { CircleCheck, Hourglass, Radio } from 'lucide-react';
import { routeHash } from '../app/route';
import { useSpeech } from '../i18n';
import { ago } from '../session/model/format';

interface SessionRowsProps {
  title: string;
  empty: string;
  sessions: readonly SessionInfo[];
}

const icons = { waiting: Hourglass, active: Radio, ended: CircleCheck, unknown: Hourglass };

/** One list of sessions under its title; says so when it is empty. */
export function SessionRows({ title, empty, sessions }: SessionRowsProps) {
  return (
    <section className="home-list">
      <h2>
        {title} <span className="soft">{sessions.length}</span>
      </h2>
      {sessions.length === 0 ? (
        <p className="home-empty">{empty}</p>
      ) : (
        <ul className="session-rows">
          {sessions.map((session) => (
            <Row key={session.id} session={session} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ session }: { session: SessionInfo }) {
  const { texts, language } = useSpeech();
  const ended = session.phase === 'ended';
  const Icon = icons[session.phase];
  const now = Date.now();
  const content = (
    <>
      <Icon size={16} aria-hidden="true" />
      <span className="session-title">{session.title || texts.home.untitled}</span>
      <span className="session-by">{texts.home.by(session.agent_name)}</span>
      <span className="session-when">{ago(language, now - session.age_ms, now)}</span>
    </>
  );
  return (
    <li className="session-row" data-testid="session-row" data-phase={session.phase}>
      <a
        className="session-link"
        href={routeHash({ name: ended ? 'record' : 'session', id: session.id })}
      >
        {content}
      </a>
    </li>
  );
}
