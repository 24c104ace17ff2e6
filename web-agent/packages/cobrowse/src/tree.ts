// How the page's tree is read: through shadow hosts, slots and frames, and what kinds of elements
// there are for the gate.

/** Never sent, with all that is in them. */
const NEVER = new Set([
  'script',
  'noscript',
  'template',
  'meta',
  'base',
  'object',
  'embed',
  'applet',
  'param',
  'source',
  'track',
  'portal',
]);
const INPUTS =
  'input,textarea,select,option,optgroup,datalist,output,[role~=textbox],[role~=combobox],[role~=searchbox],[role~=spinbutton]';
const REPLACED = new Set(['img', 'canvas', 'video', 'audio', 'iframe', 'frame', 'picture']);
/** Elements that stand in a line of text: inside a mask they are one text with what is around them. */
const INLINE = new Set(
  'a abbr b bdi bdo big br cite code data del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup time tt u var wbr #text #comment'.split(
    ' ',
  ),
);

/** The node whose hiding a node takes part in: through shadow hosts and frames. */
export function parentOf(node: Node): Node | null {
  const parent = node.parentNode;
  if (parent !== null) return parent;
  if (node.nodeType === 11) return (node as ShadowRoot).host ?? null;
  if (node.nodeType === 9) {
    try {
      return (node as Document).defaultView?.frameElement ?? null;
    } catch {
      return null;
    }
  }
  return null;
}

/** Never sent, with all that is in it. */
export function isNever(element: Element): boolean {
  const name = element.localName.toLowerCase();
  // The title of a picture is a text in it; that of the page goes by another way.
  return NEVER.has(name) || (name === 'title' && !element.namespaceURI?.endsWith('/svg'));
}

/** Shows something that is not made of nodes of this document. */
export function isReplaced(name: string): boolean {
  return REPLACED.has(name);
}

/** Something that takes what people type or choose, or stands inside of it. */
export function isField(element: Element): boolean {
  if (element.matches(INPUTS) || (element as HTMLElement).isContentEditable === true) return true;
  return element.ownerDocument.designMode === 'on' && element.closest('body') !== null;
}

/** True when an element holds nothing but a line of text. */
export function isLine(element: Element): boolean {
  if (element.shadowRoot !== null) return false;
  for (const child of element.childNodes) {
    if (!INLINE.has(child.nodeName.toLowerCase())) return false;
    if (child.nodeType === 1 && !isLine(child as Element)) return false;
  }
  return true;
}

/** The document in a frame of the same origin; null for another, or for none. */
export function documentIn(frame: Element): Document | null {
  try {
    const inner = (frame as HTMLIFrameElement).contentDocument;
    return inner?.documentElement ? inner : null;
  } catch {
    return null;
  }
}

/** Size of the window and how far the page is scrolled, in CSS pixels. */
export function viewOf(): [number, number, number, number] {
  const { clientWidth, clientHeight } = document.documentElement;
  return [
    Math.max(clientWidth, innerWidth),
    Math.max(innerHeight, Math.min(clientHeight, innerHeight)),
    Math.round(scrollX),
    Math.round(scrollY),
  ];
}

/** Whether a root is still part of a page. */
export function connected(root: Document | ShadowRoot): boolean {
  return root.nodeType === 9
    ? (root as Document).defaultView !== null
    : (root as ShadowRoot).host.isConnected;
}
