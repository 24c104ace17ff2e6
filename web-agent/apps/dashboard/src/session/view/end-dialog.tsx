import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { useDesk, useSession } from '../context';

/** Asks before the customer's picture and the drawings are lost. */
export function EndDialog() {
  const texts = useText();
  const desk = useDesk();
  const marks = useSession((state) => state.annotations.length);
  const snapshots = useSession((state) => state.snapshots.length);
  const close = () => desk.store.dispatch({ type: 'dialog', dialog: null });
  return (
    <Dialog title={texts.session.endTitle} onClose={close} testId="end-dialog">
      <p className="soft">{texts.session.endBody(marks, snapshots)}</p>
      <div className="dialog-actions">
        <Button look="outline" onClick={close} data-first>
          {texts.session.keepGoing}
        </Button>
        <Button look="danger" onClick={() => desk.end()} data-testid="end-confirm">
          {texts.session.endConfirm}
        </Button>
      </div>
    </Dialog>
  );
}
