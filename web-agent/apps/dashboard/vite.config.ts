import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Address of a running `sightline serve`, for `npm run dev`. */
const server = process.env['SIGHTLINE_SERVER'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: {
    // The server's content security policy refuses inline scripts, styles and data addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  server: { proxy: { '/api': { target: server, ws: true } } },
  // Tests of components name their browser-like environment themselves; the others start faster.
  // They are patient, because other tests may keep the machine busy beside them.
  test: { environment: 'node', setupFiles: ['./test-setup.ts'], testTimeout: 120_000 },
});
