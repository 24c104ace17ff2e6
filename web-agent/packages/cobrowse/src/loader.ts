// The one line of code. It does nothing but wait: for `Sightline.start()`, a click on something with
// `data-sightline-start`, an address with `#sightline` (and a code), or a page of a session that is
// under way in this tab. Only then the rest is loaded.

declare const __FULL__: { readonly name: string; readonly integrity: string };

(() => {
  const script = document.currentScript as HTMLScriptElement | null;
  if (script === null || 'Sightline' in window) return;
  try {
    // A frame of the site's own is shown by the page around it.
    if (parent !== window && parent.document !== null) return;
  } catch {
    // Around it is another site's page, which cannot look inside.
  }
  const host = new URL(script.src).origin;
  const tenant = script.dataset['tenant'] ?? '';
  const { nonce } = script;
  let loaded = false;
  let again: (() => void) | null = null;

  const start = (code: string | null = null, rules = false): void => {
    if (loaded) {
      again?.();
      return;
    }
    loaded = true;
    Object.assign(window, {
      sightlineStart(run: (start: object) => void) {
        again = () => run({ host, tenant, code: null, rules: false });
        run({ host, tenant, code, rules });
      },
    });
    const full = document.createElement('script');
    full.src = `${host}/co/${__FULL__.name}`;
    full.integrity = __FULL__.integrity;
    full.crossOrigin = 'anonymous';
    if (nonce) full.nonce = nonce;
    full.onerror = () => {
      loaded = false;
    };
    document.head.append(full);
  };

  Object.assign(window, { Sightline: { start: (code: string | null = null) => start(code) } });
  addEventListener('click', (event) => {
    const found = (event.target as Element | null)?.closest?.('[data-sightline-start]');
    if (found == null) return;
    event.preventDefault();
    start();
  });
  const fragment = (): void => {
    const asked = /^#sightline(-rules)?(?:[-=](\d{6}))?$/.exec(location.hash);
    if (asked === null) return;
    history.replaceState(history.state, '', location.pathname + location.search);
    start(asked[2] ?? null, asked[1] !== undefined);
  };
  addEventListener('hashchange', fragment);
  let under: string | null = null;
  try {
    under = sessionStorage.getItem('sightline.cobrowse');
  } catch {
    // A page without storage begins anew on each page.
  }
  if (under !== null) start();
  else fragment();
})();
