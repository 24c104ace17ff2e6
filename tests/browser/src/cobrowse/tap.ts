import { inflateRawSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { canariesIn, PUBLIC, SECRET } from './scan';

/** Everything that left a customer's tab towards the server, however it was caught. */
export class Sent {
  readonly sent: Buffer[] = [];
  readonly notices: { readonly type: string; readonly atMs: number }[] = [];
  #waiting: { readonly type: string; readonly done: () => void }[] = [];

  /** A text that the relay said. */
  protected said(payload: string): void {
    const { type } = JSON.parse(payload) as { type: string };
    this.notices.push({ type, atMs: Date.now() });
    for (const each of this.#waiting) if (each.type === type) each.done();
  }

  /** Resolves when the relay says this, from now on or before. */
  async heard(type: string, timeoutMs = 30_000): Promise<void> {
    if (this.notices.some((each) => each.type === type)) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the relay did not say ${type}`)), timeoutMs);
      this.#waiting.push({
        type,
        done: () => {
          clearTimeout(timer);
          resolve();
        },
      });
    });
  }

  leaks(from = 0): Set<string> {
    const found = new Set<string>();
    for (const each of this.sent.slice(from))
      for (const canary of canariesIn(each, SECRET)) found.add(canary.toUpperCase());
    return found;
  }

  /** Public canaries in page frames. */
  arrived(): Set<string> {
    const found = new Set<string>();
    for (const { text } of this.frames())
      for (const [canary] of text.matchAll(PUBLIC)) found.add(canary);
    // Style sheets travel as assets.
    for (const each of this.sent)
      if (each[0] === 3)
        for (const [canary] of each.toString('latin1').matchAll(PUBLIC)) found.add(canary);
    return found;
  }

  /** Page frames, opened. */
  frames(): { readonly snapshot: boolean; readonly text: string; readonly bytes: number }[] {
    return this.sent
      .filter((each) => (each[0] === 1 || each[0] === 2) && (each[1] ?? 9) <= 1)
      .map((each) => {
        const body = each.subarray(2);
        const text = (each[1] === 1 ? inflateRawSync(body) : body).toString('utf8');
        return { snapshot: each[0] === 1, text, bytes: each.length };
      });
  }
}

/** Caught in the browser: what its own debugger says that it sent. */
export class Tap extends Sent {
  constructor(page: Page, server: string) {
    super();
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => this.sent.push(Buffer.from(payload)));
      socket.on('framereceived', ({ payload }) => {
        if (typeof payload === 'string') this.said(payload);
      });
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(server)) return;
      this.sent.push(Buffer.from(`${request.url()} ${JSON.stringify(request.headers())}`));
      const body = request.postDataBuffer();
      if (body !== null) this.sent.push(body);
    });
  }
}
