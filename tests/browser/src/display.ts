import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** An X11 screen that nobody sees. */
export class Display {
  private constructor(
    private readonly child: ChildProcess,
    /** What `DISPLAY` has to be. */
    readonly name: string,
  ) {}

  static async start(width: number, height: number): Promise<Display> {
    const child = spawn(
      'Xvfb',
      ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
    );
    const pipe = child.stdio[3];
    if (!pipe || !('read' in pipe)) throw new Error('the display has no pipe for its number');
    const number = await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
      createInterface(pipe).once('line', resolve);
    });
    return new Display(child, `:${number.trim()}`);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill();
    await ended;
  }
}
