import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useText } from '../ui/hooks';
import { EndIcon } from '../ui/icons';

interface PanelProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Gets the focus instead of the heading. */
  readonly first?: RefObject<HTMLElement | null>;
  readonly children: ComponentChildren;
}

/** A sheet over the lower part of the picture; the picture stays in use above it. */
export function Panel({ title, onClose, first, children }: PanelProps) {
  const text = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    (first?.current ?? heading.current)?.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <section
      class="panel"
      aria-labelledby={id}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <header class="panel-top">
        <h2 id={id} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="round" aria-label={text('details_close')} onClick={onClose}>
          <EndIcon />
        </button>
      </header>
      {children}
    </section>
  );
}
