/** What the agent chose; `system` follows the operating system. */
export type ThemeChoice = 'dark' | 'light' | 'system';

const KEY = 'sightline.theme';

/** The stored choice; dark when there is none, because the picture is what agents look at. */
export function storedTheme(): ThemeChoice {
  const value = read(KEY);
  return value === 'light' || value === 'system' ? value : 'dark';
}

/** Stores the choice and shows it at once. */
export function applyTheme(choice: ThemeChoice): void {
  write(KEY, choice);
  const light =
    choice === 'light' ||
    (choice === 'system' && matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.dataset['theme'] = light ? 'light' : 'dark';
}

/** Follows the operating system while `system` is chosen; returns what stops it. */
export function followSystemTheme(): () => void {
  const query = matchMedia('(prefers-color-scheme: light)');
  const onChange = () => {
    if (storedTheme() === 'system') applyTheme('system');
  };
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
}

/** Reads from `localStorage`; null when storage is blocked. */
export function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Writes to `localStorage`; does nothing when storage is blocked. */
export function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The choice then lasts as long as the page.
  }
}
