// Puts the built pages into one folder for `sightline serve --web web-agent/dist`: the dashboard at
// `/`, the customer's page at `/j/`.
import { cp, mkdir, rm, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const target = new URL('dist/', root);

const pages = [
  { from: new URL('apps/dashboard/dist/', root), to: target },
  { from: new URL('apps/customer/dist/', root), to: new URL('j/', target) },
];

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const { from, to } of pages) {
  const built = await stat(from).catch(() => null);
  if (built === null) {
    console.warn(`skipped ${fileURLToPath(from)}: not built`);
    continue;
  }
  await cp(from, to, { recursive: true });
}
console.log(`pages are in ${fileURLToPath(target)}`);
