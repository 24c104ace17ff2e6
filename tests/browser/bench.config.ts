import { defineConfig } from '@playwright/test';

/** The benchmark: `node bench-e2e.mjs`. */
export default defineConfig({
  testDir: 'bench',
  outputDir: 'test-results/bench',
  workers: 1,
  timeout: 600_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
});
