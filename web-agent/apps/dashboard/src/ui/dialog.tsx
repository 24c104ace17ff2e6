import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useText } from '../i18n';
import { Button } from './button';
import './dialog.css';

interface DialogProps {
  title: string;
  onClose: () => void;
  wide?: boolean;
  testId?: string;
  /** Arrow keys, -1 for left and 1 for right. */
  onArrow?: (by: -1 | 1) => void;
  children: ReactNode;
}

/**
 * A modal dialog while it is mounted. What carries `data-first` has the focus at first. The browser's own element keeps the focus inside, closes on
 * Escape and gives the focus back, without the inline style that script-made scroll locks add and
 * the content security policy refuses.
 */
export function Dialog({ title, onClose, wide = false, testId, onArrow, children }: DialogProps) {
  const texts = useText();
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog !== null && !dialog.open) {
      dialog.showModal();
      dialog.querySelector<HTMLElement>('[data-first]')?.focus();
    }
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className="dialog"
      data-wide={wide}
      data-testid={testId}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') onArrow?.(-1);
        if (event.key === 'ArrowRight') onArrow?.(1);
      }}
    >
      <div className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        <Button icon aria-label={texts.app.close} onClick={onClose}>
          <X size={18} />
        </Button>
      </div>
      {children}
    </dialog>
  );
}
