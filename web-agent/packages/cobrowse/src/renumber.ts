// Gives what a guest shows its place among the page's own nodes.

import type {
  Attributes,
  Changes,
  Masked,
  NodeId,
  NodeState,
  Op,
  RootNode,
  Snapshot,
  WireNode,
} from './wire';

/** What is done with each text; the gate decides. */
export type Show = (text: string) => Masked;

export function placed(body: Snapshot | Changes, frame: NodeId, first: NodeId, show: Show): Op[] {
  if ('root' in body) return [['i', frame, root(body.root, first, show)]];
  const ops: Op[] = [];
  for (const op of body) {
    const known = change(op, first, show);
    if (known !== null) ops.push(known);
  }
  return ops;
}

function change(op: Op, first: NodeId, show: Show): Op | null {
  switch (op[0]) {
    case 'c':
      return [
        'c',
        number(op[1], first),
        op[2],
        op[3],
        op[4].map((child) =>
          typeof child === 'number' ? number(child, first) : node(child, first, show),
        ),
      ];
    case 'a':
      return ['a', number(op[1], first), texts(op[2], show)];
    case 'x':
      return ['x', number(op[1], first), state(op[2], show)];
    case 't':
      return ['t', number(op[1], first), show(op[2])];
    case 'h':
      return ['h', number(op[1], first), op[2], op[3]];
    case 'r':
      return ['r', number(op[1], first), op[2]];
    case 'i':
      return ['i', number(op[1], first), op[2] === null ? null : root(op[2], first, show)];
    default:
      // The frame's size follows from the page around it, its scroll position from its root element.
      return null;
  }
}

function number(id: NodeId, first: NodeId): NodeId {
  if (!Number.isInteger(id) || id < 0 || id >= first) throw new RangeError(`a node numbered ${id}`);
  return id + first;
}

function root(
  [, id, kind, children, adopted, mode]: RootNode,
  first: NodeId,
  show: Show,
): RootNode {
  const inner = children.map((child) => node(child, first, show));
  return [9, number(id, first), kind, inner, adopted, mode];
}

function node(given: WireNode, first: NodeId, show: Show): WireNode {
  if (given[0] === 3) return [3, number(given[1], first), show(given[2])];
  if (given[0] === 2) return [2, number(given[1], first), given[2], given[3]];
  const [, id, name, attributes, shown, children, inner] = given;
  return [
    1,
    number(id, first),
    name,
    texts(attributes, show) as Attributes,
    state(shown, show),
    children.map((child) => node(child, first, show)),
    inner === null ? null : root(inner, first, show),
  ];
}

function state(given: NodeState, show: Show): NodeState {
  return given.v === undefined ? given : { ...given, v: show(given.v) };
}

function texts(
  given: Readonly<Record<string, Masked | null>>,
  show: Show,
): Record<string, Masked | null> {
  return Object.fromEntries(
    Object.entries(given).map(([key, text]) => [key, text === null ? null : show(text)]),
  );
}
