// How much of each node may be seen. Decided through shadow hosts, slots and frames; hidden once is
// hidden for good, wherever a node moves.

import { editorsIn, isEditor } from './editors';
import { fitsText, type ReadyRules } from './rules';
import { documentIn, isField, isReplaced, parentOf } from './tree';

/** 0: shown, 1: masked, 2: blocked. */
export type Level = 0 | 1 | 2;

export class Levels {
  readonly #rules: ReadyRules;
  readonly #closedRoots: WeakMap<Element, ShadowRoot>;
  /** Nodes that were hidden once. */
  readonly #hidden = new WeakMap<Node, Level>();
  #known = new Map<Node, Level>();

  constructor(rules: ReadyRules, closedRoots: WeakMap<Element, ShadowRoot>) {
    this.#rules = rules;
    this.#closedRoots = closedRoots;
  }

  /** Begins a look at the page: nothing known holds on, but what was hidden stays so. */
  look(): void {
    this.#known = new Map();
    this.#slots.clear();
  }

  /** Hides a node for good. */
  hide(node: Node, level: Level): void {
    this.#hidden.set(node, max(level, this.#hidden.get(node) ?? 0));
  }

  /** True for what a mark, a rule or the customer hid. */
  wasHidden(node: Node): boolean {
    return this.#hidden.has(node);
  }

  /** Finds everything that is marked below a root. Returns what is hidden now and was not before. */
  findMarks(root: Document | ShadowRoot): Element[] {
    const { mask, block } = this.#rules.selectors;
    const found = editorsIn(root);
    for (const [selector, level] of [
      [block, 2],
      [mask, 1],
    ] as const) {
      for (const element of root.querySelectorAll(selector)) {
        if ((this.#hidden.get(element) ?? 0) < level) {
          this.#hidden.set(element, level);
          found.push(element);
        }
      }
    }
    return found;
  }

  of(node: Node): Level {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const level = this.#judge(node);
    this.#known.set(node, level);
    // What hides by default may be shown later by a mark; what a mark or a rule hid may not.
    if (level > 0 && !this.#rules.everything) this.#hidden.set(node, level);
    return level;
  }

  #judge(node: Node): Level {
    const above = parentOf(node);
    let level: Level = this.#rules.everything ? 1 : 0;
    if (above !== null) level = this.of(above);
    const assignedSlot = (node as Element).assignedSlot ?? this.#closedSlot(node);
    if (assignedSlot) {
      level = max(level, this.of(assignedSlot));
      // What is put into a field of the component is typed there.
      const { show } = this.#rules.selectors;
      if (isField(assignedSlot) && assignedSlot.closest(show) === null) level = max(level, 1);
    }
    const element = node.nodeType === 1 ? (node as Element) : null;
    if (element !== null && level === 1 && this.#rules.everything && !this.#hidden.has(element)) {
      const hiddenAbove = above !== null && this.#hiddenAbove(above);
      if (!hiddenAbove && element.matches(this.#rules.selectors.show)) level = 0;
    }
    level = max(level, this.#hidden.get(node) ?? 0);
    if (element !== null && level < 2) {
      if (element.matches(this.#rules.selectors.block)) level = 2;
      else if (element.matches(this.#rules.selectors.mask)) level = 1;
      for (const rule of this.#rules.texts) {
        if (rule.action !== 'mask' && rule.action !== 'block') continue;
        if (fitsText(rule, element)) {
          level = max(level, rule.action === 'block' ? 2 : 1);
          this.#hidden.set(element, level);
        }
      }
    }
    if (level === 0 && element !== null && this.isEditor(element)) level = 1;
    return level;
  }

  /** The place in a closed root that a node is put into: browsers tell of open ones only. */
  #closedSlot(node: Node): Element | undefined {
    const parent = node.parentNode;
    const root = parent?.nodeType === 1 ? this.#closedRoots.get(parent as Element) : undefined;
    if (root === undefined) return undefined;
    let slots = this.#slots.get(root);
    if (slots === undefined) {
      slots = new Map();
      for (const slot of root.querySelectorAll('slot'))
        for (const each of slot.assignedNodes()) slots.set(each, slot);
      this.#slots.set(root, slots);
    }
    return slots.get(node);
  }
  readonly #slots = new Map<ShadowRoot, Map<Node, Element>>();

  /**
   * True for an editor that draws its own text, which counts as a field, unless it is shown itself or
   * stands in what is shown: a site marks the place into which the editor is put.
   */
  isEditor(element: Element): boolean {
    if (!isEditor(element)) return false;
    const { show } = this.#rules.selectors;
    return !element.matches(show) && element.parentElement?.matches(show) !== true;
  }

  #hiddenAbove(node: Node): boolean {
    for (let at: Node | null = node; at !== null; at = parentOf(at)) {
      if (this.#hidden.has(at)) return true;
      if (at.nodeType === 1 && (at as Element).matches(this.#rules.selectors.show)) return false;
    }
    return false;
  }

  /** The root inside an element that may be looked into. */
  rootIn(element: Element): ShadowRoot | Document | null {
    const level = this.of(element);
    if (level > 0 && (isReplaced(element.localName) || level === 2 || isEditor(element)))
      return null;
    if (element.localName === 'iframe' || element.localName === 'frame') return documentIn(element);
    const root = element.shadowRoot ?? this.#closedRoots.get(element) ?? null;
    return root !== null && !isField(element) ? root : null;
  }
}

const max = (a: Level, b: Level): Level => (a > b ? a : b);
