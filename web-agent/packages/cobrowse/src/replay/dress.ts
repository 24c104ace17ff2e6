// Makes single elements of the page again. Nothing that came over the wire becomes markup: names and
// attributes are set one by one, and what could run or load something is not set at all.

import { MASK, type NodeState } from '../wire';

const SVG = 'http://www.w3.org/2000/svg';
const MATHML = 'http://www.w3.org/1998/Math/MathML';
const REFUSED_ELEMENT = /^(script|noscript|base|meta|object|embed|applet|portal|frame)$/i;
const REFUSED_ATTRIBUTE =
  /^(on|src|srcdoc|action|formaction|data$|sandbox|http-equiv|ping|background)/i;
/** Colour of a picture that is not there, as browsers write it. */
const BOX = 'rgb(201, 206, 214)';
const EMPTY = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
const ASSET_URL = /url\("([0-9a-f]{64})"\)/g;

export class Dresser {
  /** Address in front of the hash of an asset. */
  readonly #assets: string;
  /** Style attributes of elements that show a picture or a box, without what stands for it. */
  readonly #plain = new WeakMap<Element, string | null>();

  constructor(assets: string) {
    this.#assets = assets;
  }

  /** An element by its name on the wire; a box where the name is none that may be shown. */
  element(maker: Document, name: string): Element {
    try {
      if (name.startsWith('svg:')) return maker.createElementNS(SVG, name.slice(4));
      if (name.startsWith('math:')) return maker.createElementNS(MATHML, name.slice(5));
      if (!REFUSED_ELEMENT.test(name)) {
        const element = maker.createElement(name);
        if (name === 'iframe') element.setAttribute('sandbox', 'allow-same-origin');
        return element;
      }
    } catch {
      // Not a name for an element.
    }
    return maker.createElement('div');
  }

  attribute(element: Element, name: string, value: string | null): void {
    if (REFUSED_ATTRIBUTE.test(name)) return;
    try {
      if (value === null) {
        if (name === 'style') this.#plain.delete(element);
        element.removeAttribute(name);
      } else if (name === 'style') {
        this.#plain.delete(element);
        element.setAttribute('style', value.replace(ASSET_URL, `url("${this.#assets}$1")`));
      } else if (name === 'href' || name === 'xlink:href')
        element.setAttribute('href', value.startsWith('#') ? value : '#_');
      else element.setAttribute(name, value);
    } catch {
      // Not a name for an attribute.
    }
  }

  asset(hash: string): string {
    return /^[0-9a-f]{64}$/.test(hash) ? this.#assets + hash : EMPTY;
  }

  sheet(link: HTMLLinkElement, hash: string, media: string): void {
    link.rel = 'stylesheet';
    link.media = media;
    link.href = this.asset(hash);
  }

  /** What an element shows beside its attributes. */
  state(element: Element, state: NodeState): void {
    const name = element.localName;
    if (state.m === undefined) element.removeAttribute('sightline-m');
    else element.setAttribute('sightline-m', `${state.m}`);
    if (name === 'input') fill(element as HTMLInputElement, state);
    else if (name === 'textarea') (element as HTMLTextAreaElement).value = state.v ?? '';
    else if (name === 'select') {
      const option = element.ownerDocument.createElement('option');
      option.textContent = state.v ?? MASK;
      element.replaceChildren(option);
    }
    const { style } = element as HTMLElement;
    if (style !== undefined) this.#picture(element, name, style, state);
  }

  #picture(element: Element, name: string, style: CSSStyleDeclaration, state: NodeState): void {
    const plain = this.#plain.get(element);
    if (plain !== undefined) {
      // What stood for the picture before goes.
      if (plain === null) element.removeAttribute('style');
      else element.setAttribute('style', plain);
    } else if (state.p !== undefined || state.b !== undefined)
      this.#plain.set(element, element.getAttribute('style'));
    if (name === 'img')
      (element as HTMLImageElement).src = state.p === undefined ? EMPTY : this.asset(state.p);
    else if (state.p !== undefined)
      style.background = `url("${this.asset(state.p)}") 0 0 / 100% 100% no-repeat`;
    if (state.b === undefined) return;
    const [width, height] = state.b;
    if (width > 0 || height > 0) {
      style.boxSizing = 'border-box';
      style.width = `${width}px`;
      style.height = `${height}px`;
    }
    if (state.p === undefined && name !== 'iframe' && name !== 'canvas')
      style.backgroundColor = BOX;
  }
}

function fill(input: HTMLInputElement, state: NodeState): void {
  input.checked = state.k === 1;
  if (/^(submit|button|reset)$/.test(input.type)) {
    if (state.v === undefined) input.removeAttribute('value');
    else input.setAttribute('value', state.v);
  } else if (input.type !== 'file') input.value = state.v ?? '';
}
