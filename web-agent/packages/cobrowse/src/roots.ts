// New shadow roots, closed ones among them, are noted as they are made: nobody else can tell of them.

export function watchRoots(
  ours: Element | null,
  roots: WeakMap<Element, ShadowRoot>,
  made: (host: Element) => void,
): void {
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
