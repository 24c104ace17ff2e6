// Runs before the first paint, so that a light page never flashes dark. Keep in step with
// src/app/theme.ts.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem('sightline.theme');
  } catch {
    // Storage is blocked: the default stays.
  }
  if (choice === 'system') {
    choice = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
  }
  document.documentElement.dataset.theme = choice === 'light' ? 'light' : 'dark';
})();
