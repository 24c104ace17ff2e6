import { defineConfig } from '@playwright/test';

/**
 * One worker: the tests measure moving pictures, and two sessions at once on two cores would
 * measure each other.
 */
export default defineConfig({
  testDir: 'specs',
  outputDir: 'test-results',
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
});
