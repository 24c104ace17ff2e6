import { defineConfig } from '@playwright/test';

/** Tests of pages, shared or our own: they mostly wait for browsers, and measure no moving picture. */
const PAGES = /(cobrowse[^/]*|codes|consent-wire|customer-page|hidden|screen)\.spec\.ts$/;

/**
 * `moving` needs one worker: its tests measure moving pictures, and two sessions at once on two
 * cores would measure each other. `pages` may have two. Run them one after the other.
 */
export default defineConfig({
  testDir: 'specs',
  retries: 0,
  // What a quiet machine does in a second takes a busy one many: nothing here is a measurement.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  projects: [
    { name: 'pages', testMatch: PAGES, outputDir: 'test-results/pages' },
    { name: 'moving', testIgnore: PAGES, outputDir: 'test-results/moving' },
  ],
});
