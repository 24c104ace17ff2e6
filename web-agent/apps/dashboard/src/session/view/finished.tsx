import { CircleCheck, CircleX } from 'lucide-react';
import { Page } from '../../app/page';
import { routeHash } from '../../app/route';
import { type Catalogue, useText } from '../../i18n';
import { refusalText } from '../../i18n/refusal';
import { Button } from '../../ui/button';
import { useDesk, useDeskState, useSession } from '../context';
import { displayName } from '../model/announce';
import { clock } from '../model/format';
import { participantOf } from '../model/select';
import { Filmstrip } from './filmstrip';
import { SnapshotDialog } from './snapshot-dialog';

/** After the end, or when the server lets nobody in: what happened and where to go. */
export function Finished() {
  const texts = useText();
  const desk = useDesk();
  const state = useSession((session) => session);
  const dialog = useDeskState((one) => one.dialog);
  const why = useWhy(texts);
  const titles: Partial<Record<typeof state.connection, string>> = {
    refused: texts.session.failed,
    left: texts.session.leftTitle,
    replaced: texts.session.replacedTitle,
  };
  const refused = state.connection === 'refused';
  const Icon = refused ? CircleX : CircleCheck;
  const ms = desk.client.sessionMs();
  return (
    <Page narrow>
      <div className="card" data-testid="session-over" data-connection={state.connection}>
        <Icon size={32} aria-hidden="true" />
        <div>
          <h1>{titles[state.connection] ?? texts.session.ended}</h1>
          <p className="soft">{why}</p>
        </div>
        {!refused && ms !== null && (
          <p>
            {state.session?.title} <span className="soft">{clock(ms)}</span>
          </p>
        )}
        {state.snapshots.length > 0 && <Filmstrip />}
        {state.connection === 'replaced' && (
          <Button
            look="primary"
            size="large"
            data-testid="use-here"
            onClick={() => desk.client.connect()}
          >
            {texts.session.useHere}
          </Button>
        )}
        {desk.place.role === 'agent' && (
          <a
            className="button"
            data-look={state.connection === 'replaced' ? 'outline' : 'primary'}
            data-size="large"
            href="#/"
          >
            {texts.app.back}
          </a>
        )}
        {desk.place.role === 'agent' && state.connection === 'ended' && (
          <a
            className="button"
            data-look="outline"
            data-size="large"
            href={routeHash({ name: 'record', id: desk.place.session })}
            data-testid="to-record"
          >
            {texts.session.seeRecord}
          </a>
        )}
      </div>
      {dialog?.type === 'snapshot' && <SnapshotDialog id={dialog.id} />}
    </Page>
  );
}

function useWhy(texts: Catalogue): string {
  const connection = useSession((state) => state.connection);
  const you = useSession((state) => state.you);
  const endedBy = useDeskState((state) => state.endedBy) ?? null;
  const refusal = useDeskState((state) => state.refusal);
  const person = useSession((state) => participantOf(state.participants, endedBy));
  if (connection === 'refused') return refusalText(texts, refusal ?? 'unknown');
  if (connection === 'left') return texts.session.left;
  if (connection === 'replaced') return texts.session.replaced;
  if (person === null) return texts.session.endedByServer;
  return endedBy === you
    ? texts.session.endedByYou
    : texts.session.endedBy(displayName(person, texts));
}
