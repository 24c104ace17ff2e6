// Runs the co-browse benchmark; the last line of standard output is its result, one JSON object.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const parts = readdirSync(join(here, 'bench-cobrowse')).flatMap((name) =>
  name.endsWith('.spec.ts') ? [name.slice(0, -'.spec.ts'.length)] : [],
);
const unknown = process.argv.slice(2).find((part) => !parts.includes(part));
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}"; there are ${parts.join(', ')}.`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
const result = join(folder, 'result.json');
writeFileSync(result, JSON.stringify({ bench: 'cobrowse' }));
try {
  const { status } = spawnSync(
    process.execPath,
    [
      join(here, 'node_modules/@playwright/test/cli.js'),
      ...['test', '-c', 'bench-cobrowse.config.ts', ...process.argv.slice(2)],
    ],
    { cwd: here, stdio: ['ignore', 2, 2], env: { ...process.env, SIGHTLINE_BENCH_RESULT: result } },
  );
  // What was measured is told even when a part of it failed.
  console.log(readFileSync(result, 'utf8'));
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
