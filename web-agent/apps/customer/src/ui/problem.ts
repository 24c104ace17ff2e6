import type { Translate } from '../i18n';
import type { MediaProblem } from '../model/media';
import type { Problem } from '../model/visit';

/** What went wrong and what to do next, in plain words. */
export function problemText(text: Translate, problem: Problem): string {
  switch (problem.kind) {
    case 'invalid':
      return text('problem_invalid');
    case 'rate':
      return text('problem_rate', { seconds: problem.seconds });
    case 'unreachable':
      return text('problem_unreachable');
    case 'ended':
      return text('problem_ended');
    case 'refused':
      return text('problem_refused');
    case 'replaced':
      return text('problem_replaced');
    case 'version':
      return text('problem_version');
    case 'other':
      return text('problem_other');
  }
}

export function mediaProblemText(text: Translate, problem: MediaProblem | 'refused'): string {
  switch (problem) {
    case 'denied':
      return text('denied_title');
    case 'cancelled':
      return text('screen_cancelled');
    case 'missing':
      return text('camera_missing');
    case 'busy':
      return text('camera_busy');
    case 'insecure':
      return text('insecure');
    case 'failed':
      return text('camera_failed');
    case 'refused':
      return text('share_refused');
  }
}
