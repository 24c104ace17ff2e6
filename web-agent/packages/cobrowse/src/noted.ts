// Where to look next. Holds only *that* something changed; what is sent is read from the live page.

export class Noted {
  readonly children = new Set<Node>();
  readonly elements = new Set<Element>();
  readonly texts = new Set<Text>();
  readonly adopted = new Set<Document | ShadowRoot>();
  /** True when every shown element is to be looked at. */
  all = false;

  /**
   * Notes what an observer saw. True when there is something of the page among it.
   *
   * @param isOurs our own elements, which are not part of the page
   * @param styled called with each style element whose text changed
   */
  take(
    records: readonly MutationRecord[],
    isOurs: (node: Node) => boolean,
    styled: (style: Node) => void,
  ): boolean {
    let any = false;
    for (const { type, target } of records) {
      if (isOurs(target)) continue;
      any = true;
      if (type === 'childList') {
        this.children.add(target);
        if (target.nodeName === 'STYLE') styled(target);
      } else if (type === 'attributes') this.elements.add(target as Element);
      else {
        this.texts.add(target as Text);
        if (target.parentNode?.nodeName === 'STYLE') styled(target.parentNode);
      }
    }
    return any;
  }

  clear(): void {
    this.children.clear();
    this.elements.clear();
    this.texts.clear();
    this.adopted.clear();
    this.all = false;
  }
}
