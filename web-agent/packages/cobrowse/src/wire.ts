// What a page looks like on the wire: the bodies of snapshot and change frames (JSON). Numbers name
// nodes; every text has passed the mask gate, which is what the type `Masked` says.

declare const passed: unique symbol;

/** A text that the gate let through. Only `gate.ts` makes one. */
export type Masked = string & { readonly [passed]: true };

export type NodeId = number;

/** State beside attributes. Absent fields are at their defaults. */
export interface NodeState {
  /** Scroll position in CSS pixels, from left and top. */
  readonly s?: readonly [number, number];
  /** What a field shows: a mask when it holds something. */
  readonly v?: Masked;
  /** A ticked box. */
  readonly k?: 1;
  /** SHA-256 of the picture that stands for a canvas or a video. */
  readonly p?: Masked;
  /** Size of a box whose content is not sent: pixels, or 0 where the style sheet decides. */
  readonly b?: readonly [number, number];
  /** 1: masked, 2: blocked. */
  readonly m?: 1 | 2;
}

export type Attributes = Readonly<Record<string, Masked>>;

/** Text: 3, number, text. */
export type TextNode = readonly [3, NodeId, Masked];
/** Style sheet in the place of `<style>` or `<link>`: 2, number, SHA-256, media query. */
export type SheetNode = readonly [2, NodeId, Masked, Masked];
/** Element: 1, number, name (`svg:` and `math:` before foreign ones), attributes, state, children, inner root. */
export type ElementNode = readonly [
  1,
  NodeId,
  Masked,
  Attributes,
  NodeState,
  readonly WireNode[],
  RootNode | null,
];
/** Document of a frame (`'d'`) or shadow root (`'s'`): 9, number, kind, children, adopted sheets, layout mode
 * (0 standard, 1 quirks, 2 limited quirks). */
export type RootNode = readonly [
  9,
  NodeId,
  'd' | 's',
  readonly WireNode[],
  readonly Masked[],
  0 | 1 | 2,
];
export type WireNode = TextNode | SheetNode | ElementNode;

/** A child in a splice: a new node, or the number of a known one that moves here. */
export type Child = WireNode | NodeId;

export type Op =
  /** Children of a node from an index on: how many go, what comes. */
  | readonly ['c', NodeId, number, number, readonly Child[]]
  /** Attributes; null takes one away. */
  | readonly ['a', NodeId, Readonly<Record<string, Masked | null>>]
  /** The whole state. */
  | readonly ['x', NodeId, NodeState]
  | readonly ['t', NodeId, Masked]
  /** Style sheet of a sheet node. */
  | readonly ['h', NodeId, Masked, Masked]
  /** Adopted sheets of a root. */
  | readonly ['r', NodeId, readonly Masked[]]
  /** A root that an element got, or lost. */
  | readonly ['i', NodeId, RootNode | null]
  /** Size of the viewport and scroll position of the page. */
  | readonly ['w', number, number, number, number];

/** Body of a snapshot. */
export interface Snapshot {
  readonly root: RootNode;
  /** Width, height, scroll left, scroll top, in CSS pixels. */
  readonly view: readonly [number, number, number, number];
}

/** Body of a changes frame. */
export type Changes = readonly Op[];

/** Number of the page's document. */
export const PAGE: NodeId = 1;

/** What stands for a hidden text: always as long. */
export const MASK = '•••••';
