// Refuses a build whose first load weighs too much: the scripts and styles that the page names
// itself, which come before an agent sees anything. What comes later is told beside it.
import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const LIMIT_BYTES = 140_000;
const dist = new URL('../dist/', import.meta.url);

const page = await readFile(new URL('index.html', dist), 'utf8');
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map(
  ([, file]) => file,
);
const all = (await readdir(new URL('assets/', dist))).map((name) => `assets/${name}`);

const weigh = async (files) => {
  const sizes = await Promise.all(
    files.map(async (file) => gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
};

const bytes = await weigh(first);
const later = await weigh(all.filter((file) => /\.(js|css)$/.test(file) && !first.includes(file)));
console.log(`first load: ${bytes} bytes gzip of ${LIMIT_BYTES}; when needed: ${later}`);
if (bytes === 0 || bytes > LIMIT_BYTES) {
  console.error('the first load is missing or too large');
  process.exit(1);
}
