// Refuses a build whose scripts weigh more than 60 KB gzip in total: people load this page on a
// phone, once, on any network.
import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const LIMIT_BYTES = 60_000;
const assets = new URL('../dist/assets/', import.meta.url);

let total = 0;
for (const name of await readdir(assets)) {
  if (!name.endsWith('.js')) continue;
  total += gzipSync(await readFile(new URL(name, assets)), { level: 9 }).length;
}
console.log(`scripts: ${total} bytes gzip of ${LIMIT_BYTES}`);
if (total === 0 || total > LIMIT_BYTES) {
  console.error('the scripts are missing or too large');
  process.exit(1);
}
