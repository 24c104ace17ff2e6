// Which roots of a page may be looked into: its own, those of components and those of frames.

import type { Gate } from './gate';

type Root = Document | ShadowRoot;

/** A root, and all that may be looked into inside of it. */
export function* reachableRoots(gate: Gate, root: Root): Iterable<Root> {
  yield root;
  for (const element of root.querySelectorAll('*')) {
    const inner = gate.rootIn(element);
    if (inner !== null) yield* reachableRoots(gate, inner);
  }
}

/** Roots below nodes that are not known yet. */
export function* newRoots(
  gate: Gate,
  nodes: readonly Node[],
  known: ReadonlySet<Root>,
  closed: WeakMap<Element, ShadowRoot>,
): Iterable<Root> {
  for (const node of nodes) {
    if (node.nodeType !== 1 && node.nodeType !== 9 && node.nodeType !== 11) continue;
    for (const element of [node, ...(node as Element).querySelectorAll('*')]) {
      if (!mayHoldRoot(element, closed)) continue;
      const inner = gate.rootIn(element);
      if (inner !== null && !known.has(inner)) yield* reachableRoots(gate, inner);
    }
  }
}

function mayHoldRoot(node: Node, closed: WeakMap<Element, ShadowRoot>): node is Element {
  if (node.nodeType !== 1) return false;
  const { localName, shadowRoot } = node as Element;
  return shadowRoot !== null || /^i?frame$/.test(localName) || closed.has(node as Element);
}
