// The script as a package, for sites that are bundled: the same as the one line of code, and the rest
// comes from the site's own bundle when it is needed.

import { isOutermost, Starter, watchTriggers } from './triggers';

/** Where a site's sessions are. */
export interface SightlineOptions {
  /** Origin of the Sightline server, such as `https://help.example`. */
  readonly host: string;
  /** The company, as in the line of code that the dashboard gives: `ten_…`. */
  readonly tenant: string;
}

/** Co-browse on this page. */
export interface Sightline {
  /**
   * Asks the customer for the agent's code, or takes the given one; nothing is sent before the
   * customer agrees.
   */
  start(code?: string | null): void;
}

/**
 * Waits for `start()`, for a click on something with `data-sightline-start`, for an address that ends
 * in `#sightline`, or goes on with a session that is under way in this tab. Call it once on each page.
 *
 * @throws TypeError when `host` is not an origin of http or https.
 */
export function sightline(options: SightlineOptions): Sightline {
  const { protocol, origin } = new URL(options.host);
  if (!/^https?:$/.test(protocol))
    throw new TypeError(
      `host must be an address such as https://help.example, not ${options.host}`,
    );
  const starter = new Starter({ host: origin, tenant: options.tenant }, () => {
    import('./full').catch(() => starter.failed());
  });
  const api: Sightline = {
    start: (code = null) => starter.begin({ code, rules: false, ticket: null }),
  };
  if (isOutermost()) watchTriggers((asked) => starter.begin(asked));
  return api;
}
