import { authorColor } from '@sightline/board';
import type { SessionId, SessionRecord, Snapshot } from '@sightline/protocol';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { api, errorText, keys } from '../../api/api';
import { Page } from '../../app/page';
import { useSpeech, useText } from '../../i18n';
import { displayName } from '../../session/model/announce';
import { clock } from '../../session/model/format';
import { participantOf } from '../../session/model/select';
import { Button } from '../../ui/button';
import { Message } from '../../ui/message';
import { useObjectUrl } from '../../ui/use-object-url';
import { Player } from './player';
import './record.css';

/** What is kept of a session: what was seen with its time bar, the chat beside it, the pictures below. */
export function RecordPage({ id }: { id: SessionId }) {
  const texts = useText();
  const record = useQuery({ queryKey: keys.record(id), queryFn: () => api.sessionRecord(id) });
  if (record.isPending) return <Page busy />;
  if (record.isError) {
    return (
      <Page narrow>
        <Message kind="bad" testId="record-error">
          <p>
            {texts.record.failed} {errorText(texts, record.error)}
          </p>
          <Button look="outline" onClick={() => record.refetch()}>
            {texts.app.tryAgain}
          </Button>
          <a href="#/">{texts.app.back}</a>
        </Message>
      </Page>
    );
  }
  return (
    <Page wide>
      <Shown record={record.data} />
    </Page>
  );
}

function Shown({ record }: { record: SessionRecord }) {
  const texts = useText();
  // How much of the chat was written at the moment that is shown: it changes seldom, time does not.
  const [written, setWritten] = useState(record.chat.length);
  const onTime = useCallback(
    (atMs: number) => setWritten(record.chat.filter(({ at_ms }) => at_ms <= atMs).length),
    [record],
  );
  const { session } = record;
  const isKept = record.pages != null || (record.film?.parts.length ?? 0) > 0;
  return (
    <div className="record" data-testid="record">
      <header className="record-head">
        <h1>{session.title || texts.home.untitled}</h1>
        <p className="soft">
          {texts.record.by(session.agent_name)}, {texts.record.lasted(clock(record.duration_ms))}
        </p>
      </header>
      <div className="record-main">
        {isKept ? (
          <Player record={record} onTime={onTime} />
        ) : (
          <section className="record-empty" aria-label={texts.record.player}>
            <p>{texts.record.nothing}</p>
            <p className="soft">{texts.record.nothingHint}</p>
          </section>
        )}
        <Chat record={record} written={written} />
      </div>
      <section aria-label={texts.record.snapshots}>
        <h2>{texts.record.snapshots}</h2>
        {record.snapshots.length === 0 ? (
          <p className="soft">{texts.record.noSnapshots}</p>
        ) : (
          <ul className="record-pictures">
            {record.snapshots.map((snapshot) => (
              <Picture key={snapshot.id} snapshot={snapshot} />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

/** The chat, in the order of writing; what was not written yet at the moment that is shown stands back. */
function Chat({ record, written }: { record: SessionRecord; written: number }) {
  const texts = useText();
  return (
    <section className="record-chat" aria-label={texts.record.chat}>
      <h2>{texts.record.chat}</h2>
      {record.chat.length === 0 && <p className="soft">{texts.record.noChat}</p>}
      <ol>
        {record.chat.map((message, index) => {
          const author = participantOf(record.participants, message.from);
          return (
            <li key={message.seq} data-testid="record-chat" data-later={index >= written}>
              <span className="swatch" style={{ background: authorColor(author?.color ?? 0) }} />
              <b>{displayName(author, texts)}</b>{' '}
              <span className="soft">{clock(message.at_ms)}</span>
              <p>{message.text}</p>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Picture({ snapshot }: { snapshot: Snapshot }) {
  const { texts } = useSpeech();
  const picture = useQuery({
    queryKey: keys.picture(snapshot.path),
    queryFn: () => api.snapshotPicture(snapshot),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const url = useObjectUrl(picture.data, '');
  return (
    <li>
      {url !== null && <img src={url} alt={`${texts.strip.look}, ${clock(snapshot.at_ms)}`} />}
      <span className="soft">{clock(snapshot.at_ms)}</span>
    </li>
  );
}
