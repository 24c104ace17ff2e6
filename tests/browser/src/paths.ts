import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Where cargo puts the programs under test. */
export const BINARIES = process.env['SIGHTLINE_BINARIES'] ?? `${ROOT}target/debug`;
/** The built pages. */
export const WEB = process.env['SIGHTLINE_WEB'] ?? `${ROOT}web-agent/apps`;
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
export const FIREFOX = process.env['FIREFOX'] ?? '/usr/bin/firefox-esr';

export const binary = (name: string): string => `${BINARIES}/${name}`;
