import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Documentation that Rust and Debian packages bring, when it is installed: prefix, folder, pages. */
function manuals(): readonly (readonly [string, string, readonly string[]])[] {
  const toolchains = join(homedir(), '.rustup/toolchains');
  const rust = existsSync(toolchains)
    ? readdirSync(toolchains)
        .map((name) => join(toolchains, name, 'share/doc/rust/html'))
        .find((each) => existsSync(each))
    : undefined;
  const debian = '/usr/share/doc';
  return [
    [
      '/rust/',
      rust ?? '',
      ['book/index.html', 'std/vec/struct.Vec.html', 'reference/introduction.html'],
    ] as const,
    ['/valgrind/', join(debian, 'valgrind/html'), ['index.html']] as const,
    ['/python/', join(debian, 'python3/html'), ['library/functions.html']] as const,
  ].filter(([, folder]) => folder !== '' && existsSync(folder));
}

/** Folders of the site with real pages. */
export function realFolders(): Record<string, string> {
  const found: Record<string, string> = {
    '/npm/': at('../node_modules'),
    '/more/': at('node_modules'),
  };
  for (const [prefix, folder] of manuals()) found[prefix] = folder;
  return { ...found, '/': at('../pages/real') };
}

/** Pages of the fidelity set, by their paths. */
export function realViews(): string[] {
  const own = [
    'adminlte',
    'tabler',
    'swagger',
    'reveal',
    'echarts',
    'shoelace',
    'webgl',
    'frames',
    'foreign',
    'rtl',
    'monaco',
    'pdf',
  ].map((name) => `${name}.html`);
  const more = manuals().flatMap(([prefix, , pages]) =>
    pages.map((page) => prefix.slice(1) + page),
  );
  const only = process.env['VIEWS'];
  return [...own, ...more].filter((view) => only === undefined || new RegExp(only).test(view));
}
