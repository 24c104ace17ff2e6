// What makes the script begin: `Sightline.start()`, a click on something with `data-sightline-start`,
// an address with `#sightline` (and a code), or a page of a session that is under way in this tab.

/** What the page asks the script to begin with. */
export interface Asked {
  readonly code: string | null;
  /** True for somebody who comes to edit the company's rules. */
  readonly rules: boolean;
  /** Came along from another of the company's origins, for the script to go on with. */
  readonly ticket: string | null;
}

const NOTHING: Asked = { code: null, rules: false, ticket: null };

/** False in a frame of the site's own, which is shown by the page around it. */
export function isOutermost(): boolean {
  try {
    return parent === window || parent.document === null;
  } catch {
    // Around it is another site's page, which cannot look inside.
    return true;
  }
}

export function watchTriggers(begin: (asked: Asked) => void): void {
  addEventListener('click', (event) => {
    const found = (event.target as Element | null)?.closest?.('[data-sightline-start]');
    if (found == null) return;
    event.preventDefault();
    begin(NOTHING);
  });
  const without = (fragment: string): void => {
    const { href: oldURL, pathname, search } = location;
    // Going there anew makes the browser look for what the fragment names.
    if (fragment !== '' && history.state === null) location.replace(fragment);
    else {
      history.replaceState(history.state, '', pathname + search + fragment);
      // For scripts that have read the fragment before.
      dispatchEvent(new HashChangeEvent('hashchange', { oldURL, newURL: location.href }));
    }
  };
  const moved = (byName: boolean): boolean => {
    // A ticket is for a tab.
    if (parent !== window) return false;
    const inHash = /(?:^#|&)sightline-move=(\w{1,60})$/.exec(location.hash);
    const inName = /^sightline-move=(\w{1,60})&(\d+)$/.exec(window.name);
    const isNew = byName && Date.now() - Number(inName?.[2]) < 60_000;
    const ticket = inHash?.[1] ?? (isNew ? inName?.[1] : null) ?? null;
    if (ticket === null) return false;
    if (inHash !== null) {
      without(location.hash.slice(0, inHash.index));
      // The page may send its visitor on before the rest of the script is here.
      if (inName !== null || window.name === '')
        window.name = `sightline-move=${ticket}&${Date.now()}`;
    }
    begin({ ...NOTHING, ticket });
    return true;
  };
  const fragment = (): void => {
    if (moved(false)) return;
    const asked = /^#sightline(-rules)?(?:[-=](\d{6}))?$/.exec(location.hash);
    if (asked === null) return;
    without('');
    begin({ ...NOTHING, code: asked[2] ?? null, rules: asked[1] !== undefined });
  };
  addEventListener('hashchange', fragment);
  let under: string | null = null;
  try {
    under = sessionStorage.getItem('sightline.cobrowse');
  } catch {
    // A page without storage begins anew on each page.
  }
  if (moved(true)) return;
  if (under === null) fragment();
  else begin(NOTHING);
}

/**
 * In a frame of another origin: answers the page around it when that is one of those origins, and
 * then shows this page to it.
 */
export function answerAround(origins: readonly string[], tenant: string, load: () => void): void {
  let last: unknown;
  let run: ((port: MessagePort) => void) | null = null;
  const waiting: MessagePort[] = [];
  const show = (port: MessagePort): void => {
    if (run === null) waiting.push(port);
    else run(port);
  };
  addEventListener('message', ({ data, source, origin }: MessageEvent) => {
    const who = data as { sightline?: string; tenant?: string; id?: unknown } | null;
    if (who?.sightline !== 'who' || who.tenant !== tenant || who.id === last) return;
    if (source !== parent || source === window || !origins.includes(origin)) return;
    const first = last === undefined;
    last = who.id;
    const { port1, port2 } = new MessageChannel();
    parent.postMessage({ sightline: 'here' }, origin, [port2]);
    show(port1);
    if (!first) return;
    Object.assign(window, {
      sightlineGuest(given: (port: MessagePort) => void) {
        run ??= given;
        waiting.splice(0).forEach(show);
      },
    });
    load();
  });
}

/** Waits for the script that is being loaded, and begins once it is there. */
export class Starter {
  readonly #site: { readonly host: string; readonly tenant: string };
  readonly #load: () => void;
  #loaded = false;
  #again: (() => void) | null = null;

  constructor(site: { readonly host: string; readonly tenant: string }, load: () => void) {
    this.#site = site;
    this.#load = load;
  }

  begin(asked: Asked): void {
    if (this.#loaded) {
      this.#again?.();
      return;
    }
    this.#loaded = true;
    Object.assign(window, {
      sightlineStart: (run: (start: object) => void) => {
        this.#again = () => run({ ...this.#site, ...NOTHING });
        run({ ...this.#site, ...asked });
      },
    });
    this.#load();
  }

  /** It did not come; the next trigger tries again. */
  failed(): void {
    this.#loaded = false;
  }
}
