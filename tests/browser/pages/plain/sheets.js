// A component whose sheet was made before anybody looked: a shorthand with `var()` beside a longhand,
// of which browsers give back neither.
const shared = new CSSStyleSheet();
shared.replaceSync(
  '.box { border: solid var(--line) var(--tint); border-bottom: 0; padding: var(--line); padding-top: 1px }',
);
customElements.define(
  'x-box',
  class extends HTMLElement {
    connectedCallback() {
      const root = this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [shared];
      root.innerHTML = '<div class="box"><slot></slot></div>';
    }
  },
);
window.change = {
  insert: () => shared.insertRule('.box { color: rgb(200, 0, 0) }', shared.cssRules.length),
  replace: () => shared.replaceSync('.box { border: solid var(--line) blue; border-left: 0 }'),
  own: () => document.querySelector('#own').sheet.insertRule('#p, p { color: rgb(0, 0, 200) }', 0),
};
