// Builds the loader, the full script and the replay, and refuses one that weighs too much.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/** Bytes of gzip that a script may have. */
const LIMITS = { 'co.js': 3_000, full: 40_000 };
const root = new URL('..', import.meta.url);
const dist = new URL('dist/', root);

async function bundle(entry, define = {}) {
  const result = await build({
    root: fileURLToPath(root),
    configFile: false,
    logLevel: 'warn',
    define,
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      lib: {
        entry: fileURLToPath(new URL(entry, root)),
        formats: ['iife'],
        name: 'sightlineScript',
      },
    },
  });
  const output = (Array.isArray(result) ? result : [result])[0].output;
  return output.find((each) => each.type === 'chunk').code;
}

const weigh = (code) => gzipSync(code, { level: 9 }).length;

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const full = await bundle('src/full.ts');
const digest = createHash('sha384').update(full).digest();
const name = `full-${digest.toString('hex').slice(0, 16)}.js`;
const integrity = `sha384-${digest.toString('base64')}`;
const loader = await bundle('src/loader.ts', { __FULL__: JSON.stringify({ name, integrity }) });
const replay = await bundle('src/replay/main.ts');
await writeFile(new URL(name, dist), full);
await writeFile(new URL('co.js', dist), loader);
await writeFile(new URL('replay.js', dist), replay);
const sizes = {
  loader_gzip: weigh(loader),
  full_gzip: weigh(full),
  replay_gzip: weigh(replay),
  full: name,
};
await writeFile(new URL('sizes.json', dist), `${JSON.stringify(sizes)}\n`);
console.log(
  `co-browse: loader ${sizes.loader_gzip}, full ${sizes.full_gzip}, replay ${sizes.replay_gzip} bytes gzip`,
);
if (loader.length > LIMITS['co.js'] || sizes.full_gzip > LIMITS.full) {
  console.error(
    'the scripts are too large: 3,000 bytes for the loader, 40,000 bytes gzip for the rest',
  );
  process.exit(1);
}
for (const file of ['co.js', name]) {
  if (/\beval\(|new Function\b/.test(await readFile(new URL(file, dist), 'utf8'))) {
    console.error(`${file} evaluates text as code`);
    process.exit(1);
  }
}
