import { defineConfig } from 'vite';

export default defineConfig({
  // Absolute, because the server shows the same page under `/join` too.
  base: '/j/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    // A strict content security policy forbids the inline script of the polyfill.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } } },
});
