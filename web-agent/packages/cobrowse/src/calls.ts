// Ways to another page that no event tells of: `window.open`, and forms that scripts send. Both
// functions of the browser are stood before while a tab is shared, and carry a ticket along when one
// is ready; in everything else they do what they do.

/** What happens at a call. */
export interface Calls {
  /** Where `window.open` goes instead; null where it was told to. */
  opened(url: string, target: string, features: string): string | null;
  /** A script is about to send a form. */
  sends(form: HTMLFormElement): void;
}

type Opens = typeof window.open;

export function standBefore(calls: Calls, signal: AbortSignal): void {
  const { open } = window;
  const opens = function (this: unknown, ...given: Parameters<Opens>): ReturnType<Opens> {
    const [url = '', target = '', features = ''] = given;
    // What the page gives may be anything; turning it into text is the browser's, once.
    if (!signal.aborted && isText(url) && typeof target === 'string') {
      const instead = calls.opened(`${url}`, target, `${features ?? ''}`);
      if (instead !== null) given[0] = instead;
    }
    return Reflect.apply(open, this ?? window, given);
  };
  window.open = opens;
  const forms = HTMLFormElement.prototype;
  const { submit } = forms;
  const submits = function (this: HTMLFormElement): void {
    if (!signal.aborted && this instanceof HTMLFormElement) calls.sends(this);
    Reflect.apply(submit, this, []);
  };
  forms.submit = submits;
  signal.addEventListener('abort', () => {
    if (window.open === opens) window.open = open;
    if (forms.submit === submits) forms.submit = submit;
  });
}

const isText = (url: unknown): boolean => typeof url === 'string' || url instanceof URL;
