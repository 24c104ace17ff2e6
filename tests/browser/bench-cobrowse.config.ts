import { defineConfig } from '@playwright/test';

/** The co-browse benchmark: `node bench-cobrowse.mjs`. */
export default defineConfig({
  testDir: 'bench-cobrowse',
  outputDir: 'test-results/bench-cobrowse',
  workers: 1,
  timeout: 900_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
});
