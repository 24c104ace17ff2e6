import { useEffect, useRef, useState } from 'preact/hooks';
import type { Screen } from '../model/visit';
import { useText } from '../ui/hooks';
import { Notice } from '../ui/notice';
import { problemText } from '../ui/problem';

interface CodeScreenProps {
  readonly screen: Screen & { name: 'code' };
  readonly onCode: (code: string) => void;
}

/** Six digits instead of a link. */
export function CodeScreen({ screen, onCode }: CodeScreenProps) {
  const text = useText();
  const input = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState('');
  const [incomplete, setIncomplete] = useState(false);
  const { problem, busy } = screen;

  useEffect(() => {
    if (problem !== null) input.current?.select();
  }, [problem]);

  const submit = (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setIncomplete(code.length !== 6);
    if (code.length === 6) onCode(code);
    else input.current?.focus();
  };
  const wrong = incomplete ? text('code_incomplete') : problem && problemText(text, problem);
  return (
    <form onSubmit={submit} noValidate>
      <h1>{text('code_title')}</h1>
      <p id="code-hint">{text('code_hint')}</p>
      <label class="field">
        <span>{text('code_label')}</span>
        <input
          ref={input}
          class="code-input"
          inputMode="numeric"
          autoComplete="one-time-code"
          dir="ltr"
          value={code}
          aria-describedby={wrong ? 'code-problem' : 'code-hint'}
          aria-invalid={wrong ? 'true' : undefined}
          onInput={(event) => {
            // People paste codes with a space or a dash in the middle.
            const digits = event.currentTarget.value.replace(/\D/g, '').slice(0, 6);
            event.currentTarget.value = digits;
            setCode(digits);
            setIncomplete(false);
          }}
        />
      </label>
      <Notice id="code-problem" text={wrong || null} />
      <button type="submit" class="primary" aria-disabled={busy}>
        {busy ? text('loading') : text('code_join')}
      </button>
    </form>
  );
}
