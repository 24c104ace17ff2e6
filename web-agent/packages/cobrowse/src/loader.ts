// The one line of code. It does nothing but wait for a trigger; only then the rest is loaded.

import { answerAround, isOutermost, Starter, watchTriggers } from './triggers';

declare const __FULL__: { readonly name: string; readonly integrity: string };

(() => {
  const script = document.currentScript as HTMLScriptElement | null;
  if (script === null || 'Sightline' in window || !isOutermost()) return;
  const host = new URL(script.src).origin;
  const tenant = script.dataset['tenant'] ?? '';
  const { nonce } = script;
  const load = (): void => {
    const full = document.createElement('script');
    full.src = `${host}/co/${__FULL__.name}`;
    full.integrity = __FULL__.integrity;
    full.crossOrigin = 'anonymous';
    if (nonce) full.nonce = nonce;
    full.onerror = () => starter.failed();
    document.head.append(full);
  };
  const starter = new Starter({ host, tenant }, load);
  const start = (code: string | null = null): void => starter.begin({ code, rules: false });
  Object.assign(window, { Sightline: { start } });
  const around = script.dataset['frames']?.split(/\s+/) ?? [];
  if (around.length > 0) answerAround(around, tenant, load);
  watchTriggers((asked) => starter.begin(asked));
})();
