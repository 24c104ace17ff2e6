// The customer's panel: a small card in a closed shadow root at the lower edge of the page, so that
// the page's styles and scripts do not reach it, and a layer for pointers, marks and outlines.

const CSS = `
:host{all:initial!important}
*{box-sizing:border-box;font:400 15px/1.4 system-ui,sans-serif}
.stack{position:fixed;inset:auto 16px 16px auto;z-index:2;display:flex;flex-direction:column;align-items:flex-end;gap:8px;max-width:calc(100vw - 16px);max-height:calc(100vh - 32px);pointer-events:none}
.card{pointer-events:auto;overflow:auto;width:min(360px,calc(100vw - 16px));padding:16px;border-radius:10px;background:#fff;color:#1b1f24;border:1px solid #c4c9d1;box-shadow:0 6px 24px rgb(0 0 0/.22)}
.card[data-small]{padding:8px 12px;width:auto;max-width:min(680px,calc(100vw - 16px))}
@media (max-width:480px){.stack{inset:auto 8px 8px auto}.card,.card[data-small]{width:calc(100vw - 16px)}.card[data-small] .dot+.text{flex:1 1 calc(100% - 18px)}}
h2{font-weight:600;font-size:17px;margin:0 0 8px}
p{margin:0 0 10px}
.row{display:flex;flex-wrap:wrap;gap:8px;align-items:center}
.row h2{margin:0}
button{min-height:44px;padding:0 14px;border-radius:8px;border:1px solid #8b93a1;background:#fff;color:#1b1f24;cursor:pointer}
button.main{background:#2563eb;border-color:#2563eb;color:#fff;font-weight:600}
button:focus-visible,input:focus-visible,textarea:focus-visible,a:focus-visible,.log:focus-visible{outline:3px solid #1d4ed8;outline-offset:2px}
label{display:block;margin-bottom:4px}
label.choice{display:flex;align-items:center;min-height:44px;margin:0}
input.kind{width:20px;min-height:20px;margin:0 8px 0 0;vertical-align:middle}
input:not(.kind){width:100%;min-height:44px;padding:0 12px;margin-bottom:12px;border:1px solid #8b93a1;border-radius:8px;font-size:20px;letter-spacing:.15em;font-variant-numeric:tabular-nums}
textarea{flex:1;min-width:0;min-height:44px;padding:10px 12px;border:1px solid #8b93a1;border-radius:8px;resize:none}
.log{display:flex;flex-direction:column;gap:6px;margin:8px 0;padding:0;max-height:min(40vh,280px);min-height:44px;overflow:auto;list-style:none}
.log li{align-self:flex-start;max-width:85%;padding:6px 10px;border-radius:8px;background:#eef1f5;overflow-wrap:anywhere}
.log li.own{align-self:flex-end;background:#dbe7ff}
.log b{display:block;font-size:12px;font-weight:600;color:#4b5563}
.log span{white-space:pre-wrap}
.digits{margin:4px 0 10px;font-size:32px;font-weight:600;letter-spacing:.08em;font-variant-numeric:tabular-nums}
svg.qr{display:block;width:200px;height:200px;margin:0 auto 10px;background:#fff}
a.main{display:inline-flex;align-items:center;min-height:44px;padding:0 14px;border-radius:8px;background:#2563eb;color:#fff;font-weight:600;text-decoration:none}
.bad{color:#b91c1c}
.dot{width:10px;height:10px;border-radius:50%;background:#16a34a;flex:none}
.dot[data-paused]{background:#b45309}
.text{flex:1;min-width:120px}
.layer{position:fixed;inset:0;z-index:1;pointer-events:none;overflow:hidden;width:100vw;height:100vh}
.pointer{position:absolute;transition:transform 60ms linear}
@media (prefers-reduced-motion:reduce){.pointer{transition:none}}
.pointer svg{display:block;filter:drop-shadow(0 1px 1px rgb(0 0 0/.5))}
.pointer span{position:absolute;left:14px;top:16px;padding:1px 6px;border-radius:4px;color:#fff;font-size:12px;white-space:nowrap}
.hatch{position:absolute;border:1px dashed #6b7280;background:repeating-linear-gradient(45deg,rgb(75 85 99/.28) 0 2px,transparent 2px 8px)}
.pick{position:absolute;outline:3px solid #2563eb;background:rgb(37 99 235/.15)}
svg.marks{position:absolute;inset:0;width:100%;height:100%}
`;

export class Panel {
  readonly host: HTMLElement;
  readonly layer: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #stack = el('div', 'stack');
  #card: HTMLElement | null = null;
  #beside: HTMLElement | null = null;

  constructor() {
    this.host = document.createElement('sightline-panel');
    // Set through the object model, which no content security policy forbids.
    this.host.style.setProperty('all', 'initial', 'important');
    this.host.style.setProperty('position', 'fixed', 'important');
    this.host.style.setProperty('z-index', '2147483647', 'important');
    this.#root = this.host.attachShadow({ mode: 'closed' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    this.#root.adoptedStyleSheets = [sheet];
    this.layer = el('div', 'layer');
    this.layer.setAttribute('aria-hidden', 'true');
    this.#root.append(this.layer, this.#stack);
    document.documentElement.append(this.host);
  }

  remove(): void {
    this.host.remove();
  }

  /** Shows a card in the place of the last. */
  show(build: (card: HTMLElement) => void, small = false): void {
    const card = el('section', 'card');
    card.setAttribute('role', small ? 'status' : 'dialog');
    if (small) card.dataset['small'] = '';
    build(card);
    const held = this.#held();
    this.#card?.remove();
    this.#card = card;
    this.#stack.append(card);
    const focused = small ? held?.(card) : card.querySelector<HTMLElement>('input,button.main');
    focused?.focus({ preventScroll: true });
  }

  /** Finds the keyboard's button of a small card in the next one: of its name, or in its place. */
  #held(): ((next: HTMLElement) => HTMLElement | undefined) | null {
    if (this.#card?.dataset['small'] === undefined) return null;
    const focused = this.#root.activeElement as HTMLElement | null;
    const at = focused === null ? -1 : buttons(this.#card).indexOf(focused);
    if (at < 0) return null;
    const name = focused?.textContent;
    return (next) => {
      const all = buttons(next);
      return all.find((it) => it.textContent === name) ?? all[at];
    };
  }

  /** Shows a second card above the first, or none. */
  beside(parts: readonly HTMLElement[] | null, label: string): void {
    this.#beside?.remove();
    this.#beside = null;
    if (parts === null) return;
    const card = el('section', 'card');
    card.setAttribute('aria-label', label);
    card.append(...parts);
    this.#beside = card;
    this.#stack.prepend(card);
  }

  clear(): void {
    this.#card?.remove();
    this.#card = null;
  }

  message(text: string, ...buttons: HTMLElement[]): void {
    this.show((card) => card.append(row(el('span', 'text', text), ...buttons)), true);
  }

  live(text: string, paused: boolean, ...buttons: HTMLElement[]): void {
    this.show((card) => {
      const dot = el('span', 'dot');
      if (paused) dot.dataset['paused'] = '';
      card.append(row(dot, el('span', 'text', text), ...buttons));
    }, true);
  }

  /** Follows the mouse with an outline until something is clicked, or Escape. */
  pick(done: (element: Element | null) => void): void {
    const outline = el('div', 'pick');
    this.layer.append(outline);
    const stop = new AbortController();
    const options = { capture: true, signal: stop.signal } as const;
    let at: Element | null = null;
    const end = (element: Element | null): void => {
      stop.abort();
      outline.remove();
      done(element);
    };
    const inPanel = (event: Event): boolean => event.composedPath().includes(this.host);
    window.addEventListener(
      'pointermove',
      (event) => {
        at = inPanel(event) ? null : (event.composedPath()[0] as Element);
        if (at !== null) place(outline, at.getBoundingClientRect());
      },
      options,
    );
    for (const name of ['pointerdown', 'mousedown', 'mouseup', 'pointerup', 'click'] as const) {
      window.addEventListener(
        name,
        (event) => {
          if (inPanel(event)) return;
          event.preventDefault();
          event.stopImmediatePropagation();
          if (name === 'click') end(at ?? (event.composedPath()[0] as Element));
        },
        options,
      );
    }
    window.addEventListener('keydown', (event) => event.key === 'Escape' && end(null), options);
  }
}

export function el(name: string, className = '', text = ''): HTMLElement {
  const element = document.createElement(name);
  if (className !== '') element.className = className;
  if (text !== '') element.textContent = text;
  return element;
}

export function button(text: string, run: () => void, main = false): HTMLElement {
  const element = el('button', main ? 'main' : '', text);
  element.setAttribute('type', 'button');
  element.addEventListener('click', (event) => {
    // A page's script can click here as well; only the customer's hand counts.
    if (event.isTrusted) run();
  });
  return element;
}

function buttons(card: HTMLElement): HTMLElement[] {
  return [...card.querySelectorAll('button')];
}

export function row(...children: HTMLElement[]): HTMLElement {
  const element = el('div', 'row');
  element.append(...children);
  return element;
}

export function place(element: HTMLElement, box: DOMRect): void {
  const { style } = element;
  style.setProperty('left', `${box.left}px`);
  style.setProperty('top', `${box.top}px`);
  style.setProperty('width', `${box.width}px`);
  style.setProperty('height', `${box.height}px`);
}
