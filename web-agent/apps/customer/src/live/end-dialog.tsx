import { useEffect, useId, useRef } from 'preact/hooks';
import { useText } from '../ui/hooks';

interface EndDialogProps {
  readonly agent: string;
  readonly onEnd: () => void;
  readonly onStay: () => void;
}

/** Asks once, because the end cannot be taken back. */
export function EndDialog({ agent, onEnd, onStay }: EndDialogProps) {
  const text = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onClose={onStay}>
      <h2 id={id}>{text('end_question')}</h2>
      <p>{text('end_text', { agent })}</p>
      <div class="actions">
        <button type="button" class="primary danger" onClick={onEnd}>
          {text('end_yes')}
        </button>
        <button type="button" class="secondary" onClick={() => dialog.current?.close()}>
          {text('end_no')}
        </button>
      </div>
    </dialog>
  );
}
