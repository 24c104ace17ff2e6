// New shadow roots, closed ones among them, are noted as they are made: nobody else can tell of them.

export function watchRoots(
  ours: Element | null,
  roots: WeakMap<Element, ShadowRoot>,
  made: (host: Element) => void,
): void {
  keepClosed(document, ours, roots);
  const original = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachShadow(options: ShadowRootInit): ShadowRoot {
    const root = original.call(this, options);
    if (this !== ours) {
      roots.set(this, root);
      queueMicrotask(() => made(this));
    }
    return root;
  };
}

/**
 * Closed roots of components that are there already: a component's internals tell of its root. They
 * are given out once, so whoever asks later gets those that were given to us.
 */
function keepClosed(
  root: Document | ShadowRoot,
  ours: Element | null,
  roots: WeakMap<Element, ShadowRoot>,
): void {
  const { prototype } = HTMLElement;
  const original = prototype.attachInternals;
  const kept = new WeakMap<HTMLElement, ElementInternals>();
  const look = (within: Document | ShadowRoot): void => {
    for (const element of within.querySelectorAll<HTMLElement>(':defined')) {
      let inner = element.shadowRoot;
      if (inner === null && element.localName.includes('-') && element !== ours) {
        try {
          const internals = original.call(element);
          kept.set(element, internals);
          inner = internals.shadowRoot;
          if (inner !== null) roots.set(element, inner);
        } catch {
          // Its internals were given out, or it wants none.
        }
      }
      if (inner !== null) look(inner);
    }
  };
  look(root);
  prototype.attachInternals = function attachInternals(): ElementInternals {
    const internals = kept.get(this);
    if (internals === undefined) return original.call(this);
    kept.delete(this);
    return internals;
  };
}
