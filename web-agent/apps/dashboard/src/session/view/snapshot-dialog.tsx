import type { Snapshot, SnapshotId } from '@sightline/protocol';
import { ChevronLeft, ChevronRight, Download } from 'lucide-react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { useDesk, useSession } from '../context';
import { displayName } from '../model/announce';
import { clock } from '../model/format';
import { participantOf } from '../model/select';
import { usePicture } from './use-picture';
import './snapshot-dialog.css';

/** Looks at one snapshot, at its neighbours, and saves it. */
export function SnapshotDialog({ id }: { id: SnapshotId }) {
  const texts = useText();
  const desk = useDesk();
  const snapshots = useSession((state) => state.snapshots);
  const index = snapshots.findIndex((one) => one.id === id);
  const snapshot = snapshots[index];
  if (snapshot === undefined) return null;
  const step = (by: number) => {
    const next = snapshots[index + by];
    if (next !== undefined) {
      desk.store.dispatch({ type: 'dialog', dialog: { type: 'snapshot', id: next.id } });
    }
  };
  return (
    <Dialog
      title={`${texts.strip.look} ${index + 1}`}
      wide
      testId="snapshot-dialog"
      onClose={() => desk.store.dispatch({ type: 'dialog', dialog: null })}
      onArrow={step}
    >
      <Picture key={snapshot.id} snapshot={snapshot}>
        <Button look="outline" disabled={index === 0} onClick={() => step(-1)}>
          <ChevronLeft size={16} aria-hidden="true" />
          {texts.strip.older}
        </Button>
        <Button look="outline" disabled={index === snapshots.length - 1} onClick={() => step(1)}>
          {texts.strip.newer}
          <ChevronRight size={16} aria-hidden="true" />
        </Button>
      </Picture>
    </Dialog>
  );
}

function Picture({ snapshot, children }: { snapshot: Snapshot; children: React.ReactNode }) {
  const texts = useText();
  const author = useSession((state) => participantOf(state.participants, snapshot.by));
  const { url, failed } = usePicture(snapshot);
  const name = displayName(author, texts);
  return (
    <>
      <div className="snapshot-picture">
        {url !== null && <img src={url} alt={texts.marks.by(name)} />}
        {failed && <p role="alert">{texts.strip.failed}</p>}
      </div>
      <div className="snapshot-foot">
        <span className="soft">
          {clock(snapshot.at_ms)} · {name}
        </span>
        {children}
        <a
          className="button"
          data-look="primary"
          href={url ?? undefined}
          download={`sightline-${snapshot.id}`}
          data-testid="snapshot-download"
        >
          <Download size={16} aria-hidden="true" />
          {texts.strip.download}
        </a>
      </div>
    </>
  );
}
