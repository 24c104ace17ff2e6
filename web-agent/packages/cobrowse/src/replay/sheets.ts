// Style sheets of the replay: adopted ones by their hash, and waiting for those that are linked.

/** A style sheet that does not come holds nothing up for longer. */
const WITHIN_MS = 1_500;

// Without scripts a canvas stands for what is inside of it, which has no box.
const OWN_CSS = `
:where(canvas){display:inline-block}
[sightline-m="2"]{background-image:repeating-linear-gradient(45deg,rgb(75 85 99/.45) 0 2px,transparent 2px 8px)!important;min-width:8px;min-height:8px}
`;

type View = Window & typeof globalThis;
/** Name of the sheet that every root has beside the page's own. */
const OWN = '';

type Root = Document | ShadowRoot;

export class AdoptedSheets {
  readonly #assets: string;
  readonly #texts = new Map<string, Promise<string>>();
  readonly #wanted = new WeakMap<Root, readonly string[]>();
  /** Roots of trees that are not in a frame yet. */
  #waiting = new Set<Root>();
  /** Sheets of each frame: a component that is there a thousand times has one. */
  readonly #made = new WeakMap<View, Map<string, CSSStyleSheet>>();
  #loading = new Set<Promise<void>>();

  constructor(assets: string) {
    this.#assets = assets;
  }

  /** Gives a root these sheets, now or when its tree has come into a frame (`settle`). */
  adopt(root: Root, hashes: readonly string[]): void {
    this.#wanted.set(root, hashes);
    const view = viewOf(root);
    if (view === null) {
      this.#waiting.add(root);
      return;
    }
    const put = (): void => {
      // Another list may have come meanwhile, or the root may have moved.
      if (this.#wanted.get(root) !== hashes || viewOf(root) !== view) return;
      const made = this.#sheetsOf(view);
      root.adoptedStyleSheets = [...hashes, OWN].flatMap((hash) => made.get(hash) ?? []);
    };
    const missing = hashes.filter((hash) => !this.#sheetsOf(view).has(hash));
    if (missing.length === 0) {
      put();
      return;
    }
    const loading = Promise.all(missing.map((hash) => this.#make(view, hash))).then(put);
    this.#loading.add(loading);
    void loading.finally(() => this.#loading.delete(loading));
  }

  /** Trees have come into frames. */
  settle(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const root of waiting) this.adopt(root, this.#wanted.get(root) ?? []);
  }

  /** Resolves when every sheet that was asked for is there. */
  async loaded(): Promise<void> {
    await Promise.all(this.#loading);
  }

  #sheetsOf(view: View): Map<string, CSSStyleSheet> {
    let made = this.#made.get(view);
    if (made === undefined) {
      const own = new view.CSSStyleSheet();
      own.replaceSync(OWN_CSS);
      made = new Map([[OWN, own]]);
      this.#made.set(view, made);
    }
    return made;
  }

  async #make(view: View, hash: string): Promise<void> {
    const text = await this.#text(hash);
    const made = this.#sheetsOf(view);
    if (made.has(hash)) return;
    const sheet = new view.CSSStyleSheet({ baseURL: this.#assets });
    sheet.replaceSync(text);
    made.set(hash, sheet);
  }

  #text(hash: string): Promise<string> {
    let text = this.#texts.get(hash);
    if (text === undefined) {
      text = fetch(this.#assets + hash)
        .then((answer) => (answer.ok ? answer.text() : ''))
        .catch(() => '');
      this.#texts.set(hash, text);
    }
    return text;
  }
}

function viewOf(root: Root): View | null {
  const page = root.nodeType === 9 ? (root as Document) : root.ownerDocument;
  return (page?.defaultView ?? null) as View | null;
}

/** Resolves when the sheets of a page are there, or after some time. */
export async function sheetsLoaded(page: Document, adopted: AdoptedSheets): Promise<void> {
  const links = [...page.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')].filter(
    (link) => link.sheet === null,
  );
  const each = links.map(
    (link) =>
      new Promise((resolve) => {
        link.addEventListener('load', resolve, { once: true });
        link.addEventListener('error', resolve, { once: true });
      }),
  );
  await Promise.race([
    Promise.all([...each, adopted.loaded()]),
    new Promise((resolve) => setTimeout(resolve, WITHIN_MS)),
  ]);
}
