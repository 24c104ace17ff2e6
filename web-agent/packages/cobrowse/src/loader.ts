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
    full.src = trusted(`${host}/co/${__FULL__.name}`);
    full.integrity = __FULL__.integrity;
    full.crossOrigin = 'anonymous';
    if (nonce) full.nonce = nonce;
    full.onerror = () => starter.failed();
    document.head.append(full);
  };
  const starter = new Starter({ host, tenant }, load);
  const start = (code: string | null = null): void =>
    starter.begin({ code, rules: false, ticket: null });
  Object.assign(window, { Sightline: { start } });
  const around = script.dataset['frames']?.split(/\s+/) ?? [];
  if (around.length > 0) answerAround(around, tenant, load);
  watchTriggers((asked) => starter.begin(asked));
})();

type Policy = { createScriptURL(url: string): string };
let policy: Policy | undefined;

/** An address that a policy with `require-trusted-types-for` takes, where it allows `sightline`. */
function trusted(url: string): string {
  const { trustedTypes } = window as unknown as {
    trustedTypes?: { createPolicy(name: string, rules: Policy): Policy };
  };
  try {
    policy ??= trustedTypes?.createPolicy('sightline', { createScriptURL: (given) => given });
  } catch {
    // The site's policy does not name it; whether it asks for it at all is seen below.
  }
  return policy?.createScriptURL(url) ?? url;
}
