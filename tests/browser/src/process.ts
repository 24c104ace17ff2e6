import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A line of JSON that a program printed, and when it arrived here. */
export interface Line {
  readonly event: string;
  readonly arrivedMs: number;
  readonly [field: string]: unknown;
}

/** How long a program may take to say something, or to end: a busy machine's patience. */
const PATIENCE_MS = 60_000;

/** A program that prints JSON lines with a field `event`, and ends with the test. */
export class Program {
  readonly lines: Line[] = [];
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | null>;
  private readonly waiting = new Set<() => void>();
  private code: number | null | undefined;

  /** @param log file that gets everything that the program says. */
  constructor(
    private readonly name: string,
    path: string,
    options: readonly string[],
    private readonly log: string,
    environment: NodeJS.ProcessEnv = {},
  ) {
    this.child = spawn(path, options, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    const file = createWriteStream(log);
    this.child.stderr?.pipe(file, { end: false });
    this.exited = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code) => {
        this.code = code;
        file.end();
        this.wake();
        resolve(code);
      });
    });
    this.exited.catch(() => undefined);
    if (this.child.stdout === null) throw new Error('standard output is a pipe');
    createInterface(this.child.stdout).on('line', (text) => {
      file.write(`${text}\n`);
      if (!text.startsWith('{')) return;
      this.lines.push({ ...JSON.parse(text), arrivedMs: Date.now() });
      this.wake();
    });
  }

  /** Writes a line to the program's standard input. */
  tell(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** The first line, from number `from` on, that is `wanted`. */
  async line(
    wanted: (line: Line) => boolean,
    what: string,
    timeoutMs = PATIENCE_MS,
    from = 0,
  ): Promise<Line> {
    let next = from;
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      for (; next < this.lines.length; next++) {
        const line = this.lines[next];
        if (line !== undefined && wanted(line)) return line;
      }
      const left = deadline - Date.now();
      if (this.code !== undefined)
        throw new Error(`${this.name} ended with ${this.code} before ${what}: see ${this.log}`);
      if (left <= 0)
        throw new Error(
          `${this.name} did not report ${what} within ${timeoutMs} ms: see ${this.log}`,
        );
      await this.change(left);
    }
  }

  event(event: string, timeoutMs?: number, from?: number): Promise<Line> {
    return this.line((line) => line.event === event, `"${event}"`, timeoutMs, from);
  }

  /** Asks the program to end as Ctrl-C does, and waits; kills it when it does not. */
  async stop(): Promise<number | null> {
    if (this.code !== undefined) return this.code;
    this.child.stdin?.end();
    this.child.kill('SIGINT');
    const patience = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE_MS);
    const code = await this.exited;
    clearTimeout(patience);
    return code;
  }

  /** Waits until the program ends by itself. */
  end(): Promise<number | null> {
    return this.exited;
  }

  private change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.waiting.add(done);
    });
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }
}
