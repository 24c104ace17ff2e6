import type { Problem } from '../model/visit';
import { useText } from '../ui/hooks';
import { AlertIcon } from '../ui/icons';
import { problemText } from '../ui/problem';

interface ProblemScreenProps {
  readonly problem: Problem;
  readonly onCode: () => void;
}

/** The end of a way that did not lead into a session, with the next step. */
export function ProblemScreen({ problem, onCode }: ProblemScreenProps) {
  const text = useText();
  const again =
    problem.kind === 'unreachable' ||
    problem.kind === 'other' ||
    problem.kind === 'version' ||
    problem.kind === 'replaced' ||
    problem.kind === 'rate';
  return (
    <>
      <span class="done warn" aria-hidden="true">
        <AlertIcon />
      </span>
      <h1>{text('problem_title')}</h1>
      <p role="alert">{problemText(text, problem)}</p>
      <div class="actions">
        {again && (
          <button type="button" class="primary" onClick={() => location.reload()}>
            {text('reload')}
          </button>
        )}
        <button type="button" class={again ? 'link' : 'primary'} onClick={onCode}>
          {text('code_title')}
        </button>
      </div>
    </>
  );
}
