import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';

const FOLDER = fileURLToPath(new URL('../dist/package/', import.meta.url));
const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
);
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

beforeAll(() => {
  if (!existsSync(join(FOLDER, 'package.json')))
    execFileSync(process.execPath, [
      fileURLToPath(new URL('../scripts/build.mjs', import.meta.url)),
    ]);
}, 120_000);

test('the package holds what a site needs and nothing else', () => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=silent'], {
      cwd: FOLDER,
      encoding: 'utf8',
    }),
  ) as { name: string; files: { path: string }[]; size: number }[];
  expect(packed?.name).toBe('@sightline/cobrowse');
  expect(packed?.files.map(({ path }) => path).sort()).toEqual([
    'LICENSE',
    'README.md',
    'full.js',
    'index.d.ts',
    'index.js',
    'package.json',
  ]);
  expect(packed?.size).toBeLessThan(60_000);
  expect(JSON.parse(read('package.json'))).not.toHaveProperty('dependencies');
});

test('it is as small as the one line of code, and says nothing of where it was built', () => {
  expect(read('index.js').length).toBeLessThanOrEqual(3_000);
  expect(gzipSync(read('full.js'), { level: 9 }).length).toBeLessThanOrEqual(40_000);
  // Control: the script is in it, so that an empty file cannot look small.
  expect(read('full.js')).toContain('/api/cobrowse/tab');
  for (const name of ['index.js', 'full.js', 'index.d.ts', 'package.json']) {
    const text = read(name);
    expect(text).not.toMatch(/sourceMappingURL|file:\/\/|\/node_modules\/|localhost|127\.0\.0\.1/);
    expect(text).not.toContain(fileURLToPath(new URL('../../../../', import.meta.url)));
    expect(text).not.toMatch(/\beval\(|new Function\b/);
  }
});

test('its types fit a site, and refuse a wrong call', () => {
  const site = mkdtempSync(join(tmpdir(), 'sightline-site-'));
  const check = (code: string): number | null => {
    writeFileSync(
      join(site, 'site.mts'),
      `import { sightline } from ${JSON.stringify(join(FOLDER, 'index.js'))};\n${code}\n`,
    );
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
    return spawnSync(process.execPath, [tsc, ...options, 'site.mts'], { cwd: site }).status;
  };
  try {
    expect(
      check("sightline({ host: 'https://a.example', tenant: 'ten_1' }).start('123456');"),
    ).toBe(0);
    expect(check('sightline({ host: 1 }).start(2);')).not.toBe(0);
  } finally {
    rmSync(site, { recursive: true });
  }
});
