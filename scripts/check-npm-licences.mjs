// Reads package-lock.json files and refuses a package whose licence is not permissive.
import { readFileSync } from "node:fs";

const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC-BY-4.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "MIT OR Apache-2.0",
  "MPL-2.0", // Build and test tools only (lightningcss, axe-core); nothing of them is shipped.
  "PSF-2.0",
  "Python-2.0",
  "Unlicense",
]);

const allowed = (licence) =>
  ALLOWED.has(licence) ||
  licence
    .replace(/^\(|\)$/g, "")
    .split(/ OR /)
    .some((part) => ALLOWED.has(part.trim()));

let refused = 0;
let seen = 0;
for (const file of process.argv.slice(2)) {
  const { packages } = JSON.parse(readFileSync(file, "utf8"));
  for (const [path, { license, link, resolved }] of Object.entries(packages)) {
    if (resolved && /^https?:/.test(resolved)) {
      console.error(`${file}: ${path} names a registry host; run npm install with omit-lockfile-registry-resolved`);
      refused += 1;
    }
    if (!path.includes("node_modules/") || link) continue;
    seen += 1;
    if (!license || !allowed(license)) {
      console.error(`${file}: ${path} has the licence ${license ?? "(none)"}, which is not on the list`);
      refused += 1;
    }
  }
}
if (seen === 0) {
  console.error("no package was read: is the lock file there?");
  refused += 1;
}
process.exit(refused === 0 ? 0 : 1);
