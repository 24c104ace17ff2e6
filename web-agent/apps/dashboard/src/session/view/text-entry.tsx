import { LIMITS } from '@sightline/protocol';
import { useEffect, useRef } from 'react';
import { useText } from '../../i18n';
import type { TextRequest } from './use-board';
import './text-entry.css';

/** Where the agent types a text onto the picture. */
export function TextEntry({ request }: { request: TextRequest }) {
  const texts = useText();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // The press that opened the field would take the focus back if it came any sooner.
    const frame = requestAnimationFrame(() => field.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  const finish = () => request.done(field.current?.value.trim() || null);
  const [x, y] = request.screen;
  return (
    <input
      ref={field}
      className="input text-entry"
      style={{ left: `min(${x}px, 100% - min(260px, 70%))`, top: y }}
      aria-label={texts.tools.text}
      placeholder={texts.stage.typeText}
      maxLength={LIMITS.label_chars}
      autoComplete="off"
      data-testid="text-entry"
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish();
        if (event.key === 'Escape') request.done(null);
      }}
    />
  );
}
