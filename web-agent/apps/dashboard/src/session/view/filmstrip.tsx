import type { Snapshot } from '@sightline/protocol';
import { useEffect, useRef } from 'react';
import { useText } from '../../i18n';
import { useDesk, useDeskState, useSession } from '../context';
import { displayName } from '../model/announce';
import { clock } from '../model/format';
import { participantOf } from '../model/select';
import { usePicture } from './use-picture';
import './filmstrip.css';

/** The snapshots of the session, newest right. */
export function Filmstrip() {
  const texts = useText();
  const snapshots = useSession((state) => state.snapshots);
  const saving = useDeskState((state) => state.saving);
  const strip = useRef<HTMLElement>(null);
  const count = snapshots.length + saving;
  useEffect(() => {
    if (count > 0) strip.current?.scrollTo({ left: strip.current.scrollWidth });
  }, [count]);
  return (
    <section ref={strip} className="strip" aria-label={texts.strip.title} data-testid="filmstrip">
      {count === 0 ? (
        <p className="strip-empty">
          {texts.strip.empty}{' '}
          <span className="strip-press">
            {texts.strip.press} <kbd>S</kbd>
          </span>
        </p>
      ) : (
        <ol className="strip-items">
          {snapshots.map((snapshot, index) => (
            <Item key={snapshot.id} snapshot={snapshot} number={index + 1} />
          ))}
          {saving > 0 && (
            <li className="strip-item strip-saving" role="status">
              {texts.strip.saving}
            </li>
          )}
        </ol>
      )}
    </section>
  );
}

function Item({ snapshot, number }: { snapshot: Snapshot; number: number }) {
  const texts = useText();
  const desk = useDesk();
  const author = useSession((state) => participantOf(state.participants, snapshot.by));
  const { url } = usePicture(snapshot);
  const name = texts.strip.item(number, displayName(author, texts));
  const time = clock(snapshot.at_ms);
  return (
    <li>
      <button
        type="button"
        className="strip-item"
        // Who says what is written on it has to reach it by voice.
        aria-label={`${name}, ${time}`}
        data-testid="snapshot-item"
        onClick={() =>
          desk.store.dispatch({ type: 'dialog', dialog: { type: 'snapshot', id: snapshot.id } })
        }
      >
        {url !== null && <img src={url} alt="" />}
        <span className="strip-time">{time}</span>
      </button>
    </li>
  );
}
