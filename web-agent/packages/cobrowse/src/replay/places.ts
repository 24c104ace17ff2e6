// Where things are in the replay, through shadow roots and frames.

/** The innermost element at a place of the viewport, and where its document begins. */
export function elementAt(
  page: Document | null,
  x: number,
  y: number,
): { element: Element; left: number; top: number } | null {
  let root: Document | ShadowRoot | null = page;
  let [left, top] = [0, 0];
  let found: Element | null = null;
  while (root !== null) {
    const element: Element | null = root.elementFromPoint(x - left, y - top);
    if (element === null || element === found) break;
    found = element;
    if (element.localName === 'iframe') {
      const box = element.getBoundingClientRect();
      left += box.left + element.clientLeft;
      top += box.top + element.clientTop;
      root = (element as HTMLIFrameElement).contentDocument;
    } else root = element.shadowRoot;
  }
  return found === null ? null : { element: found, left, top };
}

/** Where an element is in the viewport of the outermost frame. */
export function boxIn(element: Element, outermost: Element | null): DOMRect {
  const box = element.getBoundingClientRect();
  let [left, top] = [0, 0];
  for (
    let frame = element.ownerDocument.defaultView?.frameElement;
    frame != null && frame !== outermost;
    frame = frame.ownerDocument.defaultView?.frameElement
  ) {
    const outer = frame.getBoundingClientRect();
    left += outer.left + frame.clientLeft;
    top += outer.top + frame.clientTop;
  }
  return new DOMRect(box.left + left, box.top + top, box.width, box.height);
}
