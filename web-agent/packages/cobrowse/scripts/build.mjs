// Builds the loader, the full script, the replay and the npm package, and refuses what weighs too much.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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

/** The package for npm: a folder that `npm publish` takes as it is. */
async function bundlePackage() {
  const folder = new URL('package/', dist);
  await build({
    root: fileURLToPath(root),
    configFile: false,
    logLevel: 'warn',
    plugins: [
      {
        name: 'keep-the-script',
        // What the script does when it is loaded is all that is wanted of it.
        transform: (code, id) =>
          id.endsWith('/src/full.ts') ? { code, map: null, moduleSideEffects: true } : null,
      },
    ],
    build: {
      outDir: fileURLToPath(folder),
      target: 'es2022',
      minify: true,
      lib: { entry: fileURLToPath(new URL('src/package.ts', root)), formats: ['es'] },
      rolldownOptions: {
        // Vite leaves the spaces of packages; a site that bundles nothing loads them as they are.
        output: { entryFileNames: 'index.js', chunkFileNames: '[name].js', minify: true },
      },
    },
  });
  const types = spawnSync(
    process.execPath,
    [
      join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc'),
      ...['-p', fileURLToPath(new URL('tsconfig.package.json', root))],
      ...['--outDir', fileURLToPath(new URL('types/', dist))],
    ],
    { stdio: 'inherit' },
  );
  if (types.status !== 0) process.exit(1);
  await cp(
    new URL('types/packages/cobrowse/src/package.d.ts', dist),
    new URL('index.d.ts', folder),
  );
  await rm(new URL('types/', dist), { recursive: true });
  await cp(new URL('README.md', root), new URL('README.md', folder));
  await cp(new URL('../../../LICENSE', root), new URL('LICENSE', folder));
  const { name, version, license } = JSON.parse(
    await readFile(new URL('package.json', root), 'utf8'),
  );
  const about = {
    name,
    version,
    description: 'Co-browse with a Sightline server: private by default, one call',
    license,
    type: 'module',
    sideEffects: false,
    exports: { '.': { types: './index.d.ts', default: './index.js' } },
    types: './index.d.ts',
    files: ['index.js', 'full.js', 'index.d.ts'],
  };
  await writeFile(new URL('package.json', folder), `${JSON.stringify(about, null, 2)}\n`);
  return {
    index: await readFile(new URL('index.js', folder)),
    full: await readFile(new URL('full.js', folder)),
  };
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
const packaged = await bundlePackage();
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
if (
  Math.max(loader.length, packaged.index.length) > LIMITS['co.js'] ||
  Math.max(sizes.full_gzip, weigh(packaged.full)) > LIMITS.full
) {
  console.error(
    'the scripts are too large: 3,000 bytes for the loader, 40,000 bytes gzip for the rest',
  );
  process.exit(1);
}
for (const file of ['co.js', name, 'package/index.js', 'package/full.js']) {
  if (/\beval\(|new Function\b/.test(await readFile(new URL(file, dist), 'utf8'))) {
    console.error(`${file} evaluates text as code`);
    process.exit(1);
  }
}
