import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeUdpPort } from './net';
import { Network } from './network';
import { binary, WEB } from './paths';
import { Program } from './process';

export interface ServerOptions {
  /** Puts a proxy in front of the media port: milliseconds in each direction. */
  readonly delayMs?: number;
  /** Media on all addresses of the machine, as by default; Firefox never uses the loopback one. */
  readonly allAddresses?: boolean;
  /** Further options of `sightline serve`. */
  readonly options?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/** What `POST /api/sessions/{id}/invites` gives. */
export interface Invite {
  readonly link: string;
  readonly code: string;
  readonly expires_at: string;
}

/** `sightline serve` on free ports with a data folder of its own. */
export class Server {
  private cookie = '';

  private constructor(
    private readonly program: Program,
    readonly data: string,
    /** Origin of the pages and the API. */
    readonly origin: string,
    /** Address that signs the first agent in, once. */
    readonly signIn: string,
    readonly network: Network | null,
  ) {}

  static async start(log: (name: string) => string, given: ServerOptions = {}): Promise<Server> {
    const data = mkdtempSync(join(tmpdir(), 'sightline-test-'));
    // Without a proxy in front the server takes any free port by itself, so that nobody else can
    // take it in between.
    let media = [`${given.allAddresses === true ? '0.0.0.0' : '127.0.0.1'}:0`];
    let network: Network | null = null;
    if (given.delayMs !== undefined) {
      const upstream = `127.0.0.1:${await freeUdpPort()}`;
      network = await Network.start(upstream, given.delayMs, log('proxy'));
      media = [upstream, '--media-advertise', network.address];
    }
    const program = new Program(
      'sightline',
      binary('sightline'),
      [
        'serve',
        ...['--http', '127.0.0.1:0', '--https', 'off'],
        ...['--media', ...media],
        ...['--data', data, '--web', WEB],
        ...(given.options ?? []),
      ],
      log('server'),
      given.environment,
    );
    const ready = await program.event('ready');
    return new Server(program, data, `${ready['http']}`, `${ready['sign_in']}`, network);
  }

  /** A request with the agent's cookie; signs in first when needed. */
  async api(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.request(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : await answer.json();
  }

  request(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.origin}${path}`, {
      method,
      headers: { 'content-type': 'application/json', origin: this.origin, cookie: this.cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Signs an agent in with the printed secret, for requests of the test itself. */
  async signInHere(): Promise<string> {
    const secret = this.signIn.split('/').at(-1);
    const answer = await this.request('POST', '/api/auth/one-time', { secret });
    if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`);
    this.cookie = (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
    return this.cookie;
  }

  /** Adds an account beside the first one, as its owner does on the command line. */
  addColleague(): { readonly email: string; readonly password: string } {
    const [email, password] = ['colleague@example.org', 'a long password'];
    const options = ['user', 'add', '--email', email, '--name', 'Colleague', '--data', this.data];
    execFileSync(binary('sightline'), options, {
      input: password,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    return { email, password };
  }

  async createSession(title: string): Promise<string> {
    const session = (await this.api('POST', '/api/sessions', { title })) as { id: string };
    return session.id;
  }

  async invite(
    session: string,
    role: 'customer' | 'technician' = 'customer',
    surface: 'camera' | 'screen' | null = role === 'customer' ? 'camera' : null,
  ): Promise<Invite> {
    return (await this.api('POST', `/api/sessions/${session}/invites`, {
      role,
      surface,
    })) as Invite;
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await this.network?.stop();
    rmSync(this.data, { recursive: true, force: true });
  }
}
