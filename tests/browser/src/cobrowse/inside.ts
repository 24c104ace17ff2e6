// What only the customer sees: our panel on the page stands in a closed shadow root, into which
// nobody looks but the browser's own debugger.

import type { CDPSession, Page } from '@playwright/test';

interface DomNode {
  readonly nodeName: string;
  readonly nodeValue?: string;
  readonly attributes?: readonly string[];
  readonly children?: readonly DomNode[];
  readonly shadowRoots?: readonly DomNode[];
}

/** The panel of a customer's page, and what the relay says to it. */
export class Inside {
  readonly notices: Record<string, unknown>[] = [];

  private constructor(
    private readonly page: Page,
    private readonly debug: CDPSession,
  ) {}

  /** To be called before the page is opened. */
  static async of(page: Page): Promise<Inside> {
    const inside = new Inside(page, await page.context().newCDPSession(page));
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        if (typeof payload === 'string')
          inside.notices.push(JSON.parse(payload) as Record<string, unknown>);
      }),
    );
    return inside;
  }

  /** Everything that can be read in the panel now. */
  async text(): Promise<string> {
    const texts: string[] = [];
    walk(await this.#panel(), (node) => {
      if (node.nodeName === '#text') texts.push(node.nodeValue ?? '');
    });
    return texts.join(' | ');
  }

  /** The drawings that lie over the page, by the name of their shape. */
  async drawings(): Promise<string[]> {
    const shapes: string[] = [];
    walk(await this.#panel(), ({ attributes = [] }) => {
      const at = attributes.indexOf('data-shape');
      if (at >= 0) shapes.push(attributes[at + 1] ?? '');
    });
    return shapes;
  }

  /** The last notice of this type; waits for it. */
  async heard(type: string): Promise<Record<string, unknown>> {
    return await this.#until(`notice ${type}`, async () =>
      this.notices.findLast((each) => each['type'] === type),
    );
  }

  /** Waits until the panel says this. */
  async reads(text: string): Promise<void> {
    await this.#until(`“${text}” in the panel`, async () =>
      (await this.text()).includes(text) ? true : undefined,
    );
  }

  /** Presses a button of the panel with the keyboard, as only a person can. */
  async press(label: string): Promise<void> {
    await this.reads(label);
    for (let i = 0; i < 30; i++) {
      if ((await this.#focused()) === label) {
        await this.page.keyboard.press('Enter');
        return;
      }
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach “${label}”`);
  }

  async #focused(): Promise<string> {
    const { nodes } = await this.debug.send('Accessibility.getFullAXTree');
    const found = nodes.find(
      ({ role, properties }) =>
        role?.value === 'button' &&
        properties?.some(({ name, value }) => name === 'focused' && value.value === true),
    );
    return `${found?.name?.value ?? ''}`;
  }

  async #panel(): Promise<DomNode | null> {
    const { root } = await this.debug.send('DOM.getDocument', { depth: -1, pierce: true });
    let panel: DomNode | null = null;
    walk(root as DomNode, (node) => {
      if (node.nodeName === 'SIGHTLINE-PANEL') panel = node;
    });
    return panel;
  }

  async #until<T>(
    what: string,
    find: () => Promise<T | undefined>,
    timeoutMs = 30_000,
  ): Promise<T> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const found = await find();
      if (found !== undefined) return found;
      if (Date.now() > until) throw new Error(`no ${what}: ${await this.text()}`);
      await this.page.waitForTimeout(30);
    }
  }
}

function walk(node: DomNode | null, visit: (node: DomNode) => void): void {
  if (node === null || node.nodeName === 'STYLE') return;
  visit(node);
  for (const child of [...(node.shadowRoots ?? []), ...(node.children ?? [])]) walk(child, visit);
}
