import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.pdf': 'application/pdf',
};

export interface SiteOptions {
  /** Put into each page, at the beginning of its head. */
  readonly line?: string;
  /** Put in the place of `{{OTHER}}`: the origin of another site. */
  readonly other?: string;
  /** Header `Content-Security-Policy` of each page. */
  readonly policy?: string;
  /** Name of the host: browsers take one with another name for somebody else's site, whatever port it has. */
  readonly host?: 'localhost';
  /** Origin of the server, whose script's timers do not count; counts the page's when given. */
  readonly timersBut?: string;
}

/** A page that waits so long with a change, or longer, means it for a script that is at work already. */
const LATE_MS = 500;

/**
 * Counts the timers that the page itself has under way, so that a test can wait for their end. Those
 * of the script under test do not count: it comes from another host. Late changes count their time
 * from when the script is at work, which on a busy machine is after a second.
 */
const TIMERS = (own: string): string => `<script>(() => {
  const timers = (window.pageTimers = { pending: 0 });
  const ours = new Set();
  let inside = false;
  const isPage = () => inside || (document.currentScript !== null && !(document.currentScript.src || '').startsWith(${JSON.stringify(own)}));
  const end = (id) => ours.delete(id) && timers.pending--;
  const wait = window.setTimeout;
  const isRecorded = () => window !== top || (window.sightlineFigures?.()?.events ?? 0) > 0;
  const held = new Map();
  const started = new Map();
  let made = 0;
  const hold = (start) => {
    if (held.size === 0) wait(release, 10);
    held.set(--made, start);
    timers.pending++;
    return made;
  };
  const release = () => {
    if (!isRecorded()) { wait(release, 10); return; }
    for (const [id, start] of held) { timers.pending--; started.set(id, start()); }
    held.clear();
  };
  for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame']) {
    const original = window[name];
    window[name] = (run, ...more) => {
      if (typeof run !== 'function' || !isPage()) return original(run, ...more);
      const start = () => {
        const id = original((...given) => {
          const before = inside;
          inside = true;
          try { run(...given); } finally { inside = before; if (name !== 'setInterval') end(name + id); }
        }, ...more);
        ours.add(name + id);
        timers.pending++;
        return id;
      };
      return name === 'setTimeout' && more[0] >= ${LATE_MS} && !isRecorded() ? hold(start) : start();
    };
  }
  for (const name of ['Timeout', 'Interval']) {
    const original = window['clear' + name];
    window['clear' + name] = (given) => {
      if (held.delete(given)) timers.pending--;
      const id = started.get(given) ?? given;
      end('setTimeout' + id);
      end('setInterval' + id);
      original(id);
    };
  }
})()</script>`;

/** Path of the site's redirects: `/go?to=ADDRESS`. */
export const GO = '/go';

/** An address that the servers of these origins send on, one to the next, to the last. */
export function sentOn(to: string, ...over: readonly { readonly origin: string }[]): string {
  return over.reduceRight((at, { origin }) => `${origin}${GO}?to=${encodeURIComponent(at)}`, to);
}

/** Somebody's web site: files of folders, on an origin of its own. */
export class Site {
  private constructor(
    private readonly server: HttpServer,
    readonly origin: string,
    /** Paths that were asked for, with their queries. */
    readonly asked: string[],
  ) {}

  /** `folders`: path prefix (`/`, `/x/`) and folder, the first that fits counts. */
  static async start(
    folders: Readonly<Record<string, string>>,
    options: SiteOptions = {},
  ): Promise<Site> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      const { pathname, search, searchParams } = new URL(request.url ?? '/', 'http://site');
      asked.push(pathname + search);
      if (pathname === GO) {
        response.writeHead(302, { location: searchParams.get('to') ?? '/' }).end();
        return;
      }
      const prefix = Object.keys(folders).find((each) => pathname.startsWith(each));
      let body: Buffer | null = null;
      let file = '';
      if (prefix !== undefined) {
        file = join(
          folders[prefix] ?? '',
          normalize(decodeURIComponent(pathname.slice(prefix.length))),
        );
        try {
          if (statSync(file).isDirectory()) file = join(file, 'index.html');
          body = readFileSync(file);
        } catch {
          body = null;
        }
      }
      if (body === null) {
        response.writeHead(404).end();
        return;
      }
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      const headers: Record<string, string> = {
        'content-type': type,
        'cache-control': 'max-age=60',
      };
      if (type.startsWith('text/html')) {
        let html = body.toString('utf8').replaceAll('{{OTHER}}', options.other ?? '');
        const timers = options.timersBut === undefined ? '' : TIMERS(options.timersBut);
        const line = timers + (options.line ?? '');
        html = /<head[^>]*>/i.test(html)
          ? html.replace(/<head[^>]*>/i, (head) => head + line)
          : /<!doctype[^>]*>/i.test(html)
            ? html.replace(/<!doctype[^>]*>/i, (doctype) => doctype + line)
            : line + html;
        body = Buffer.from(html);
        if (options.policy !== undefined) headers['content-security-policy'] = options.policy;
      }
      response.writeHead(200, headers).end(body);
    });
    // On a busy machine a client may ask again just when a shorter wait is over.
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new Site(server, `http://${options.host ?? '127.0.0.1'}:${port}`, asked);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A site whose timers are counted, and another one whose pages show themselves in frames of the first. */
export async function framedSites(
  folder: string,
  line: string,
  host: string,
): Promise<[Site, Site]> {
  const framed = { line };
  const other = await Site.start({ '/': folder }, framed);
  const options = { line, other: other.origin, timersBut: host };
  const site = await Site.start({ '/': folder }, options);
  framed.line = line.replace('<script', `<script data-frames="${site.origin}"`);
  return [site, other];
}
