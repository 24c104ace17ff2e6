import type { Page } from '@playwright/test';
import type { Server } from '../server';

const PATIENCE_MS = 30_000;

/** An outcome of a command. */
export type Outcome = 'done' | 'not_granted' | 'blocked' | 'not_possible';

/** An agent without a dashboard: speaks to the relay from an empty page of the server. */
export class Looker {
  private constructor(private readonly page: Page) {}

  static async open(page: Page, server: Server, session: string): Promise<Looker> {
    const { token } = (await server.api('POST', `/api/sessions/${session}/join`)) as {
      token: string;
    };
    await page.goto(`${server.origin}/api/health`);
    await page.evaluate(
      async ([url, token]) => {
        const state = {
          frames: [] as { at: number; snapshot: boolean; text: string }[],
          notices: [] as Record<string, unknown>[],
          raw: [] as ArrayBuffer[],
        };
        Object.assign(window, { state });
        const socket = new WebSocket(url as string);
        socket.binaryType = 'arraybuffer';
        Object.assign(window, { say: (message: object) => socket.send(JSON.stringify(message)) });
        socket.onmessage = async ({ data }) => {
          const at = Date.now();
          if (typeof data === 'string') {
            state.notices.push(JSON.parse(data) as Record<string, unknown>);
            return;
          }
          (window as unknown as { replay?: MessagePort }).replay?.postMessage({
            type: 'frame',
            frame: data,
          });
          state.raw.push(data as ArrayBuffer);
          const bytes = new Uint8Array(data as ArrayBuffer);
          const body = bytes.slice(8);
          const stream = new Blob([body])
            .stream()
            .pipeThrough(new DecompressionStream('deflate-raw'));
          const text =
            bytes[1] === 1 ? await new Response(stream).text() : new TextDecoder().decode(body);
          state.frames.push({ at, snapshot: bytes[0] === 1, text });
        };
        await new Promise((resolve) => {
          socket.onopen = resolve;
        });
        socket.send(JSON.stringify({ type: 'hello', protocol: 1, token }));
      },
      [`${server.origin.replace('http', 'ws')}/api/cobrowse/view`, token],
    );
    return new Looker(page);
  }

  /** Shows the replay in the whole window; gives the frame that holds the page. */
  async show(): Promise<void> {
    const ready = await this.heard(({ type }) => type === 'ready');
    await this.page.evaluate(async (url) => {
      document.body.style.cssText = 'margin:0;overflow:hidden';
      document.body.replaceChildren();
      const frame = document.createElement('iframe');
      frame.style.cssText = 'border:0;width:100vw;height:100vh;display:block';
      const up = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
      frame.src = url;
      document.body.append(frame);
      await up;
      const channel = new MessageChannel();
      frame.contentWindow?.postMessage('port', '*', [channel.port2]);
      Object.assign(window, { replay: channel.port1 });
      const { state } = window as unknown as { state: { raw: ArrayBuffer[] } };
      for (const frame of state.raw) channel.port1.postMessage({ type: 'frame', frame });
    }, ready['replay_url'] as string);
  }

  say(message: object): Promise<void> {
    return this.page.evaluate(
      (given) => (window as unknown as { say: (m: object) => void }).say(given),
      message,
    );
  }

  frames(): Promise<{ at: number; snapshot: boolean; text: string }[]> {
    return this.page.evaluate(() => (window as unknown as { state: { frames: [] } }).state.frames);
  }

  notices(): Promise<Record<string, unknown>[]> {
    return this.page.evaluate(
      () => (window as unknown as { state: { notices: [] } }).state.notices,
    );
  }

  /** Waits for a notice that fits, of those from number `from` on. */
  async heard(
    fits: (notice: Record<string, unknown>) => boolean,
    from = 0,
  ): Promise<Record<string, unknown>> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = (await this.notices()).slice(from).findLast(fits);
      if (found !== undefined) return found;
      if (Date.now() > until)
        throw new Error(`not heard: ${JSON.stringify((await this.notices()).slice(-4))}`);
      await this.page.waitForTimeout(20);
    }
  }

  /**
   * Waits until everything is here that the relay said before now: it answers a command on the same
   * way. Nobody may click, so that nothing happens.
   */
  async caughtUp(): Promise<void> {
    await this.command({ type: 'click', node: 0 });
  }

  #next = 1;

  async command(command: object): Promise<Outcome> {
    const id = this.#next++;
    const tabs = await this.heard(
      ({ type, tabs }) => type === 'tabs' && (tabs as unknown[]).length > 0,
    );
    const { tab } = (tabs['tabs'] as { tab: number }[])[0] ?? { tab: 0 };
    await this.say({ type: 'command', id, tab, command });
    const notice = await this.heard(({ type, id: of }) => type === 'outcome' && of === id);
    return notice['outcome'] as Outcome;
  }
}
