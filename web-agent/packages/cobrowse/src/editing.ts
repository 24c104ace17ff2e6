// The company's rules while the page is shared: new ones hold at once, and a page that was opened to
// edit them answers how its elements could be named and what rules would find.

import type { PageRules } from '@sightline/protocol';
import type { Link, TabNotice } from './link';
import { countHits, pickedOf, rootsOf } from './picker';
import type { Recorder } from './recorder';
import { type ReadyRules, readyRules } from './rules';

export interface EditingHost {
  readonly link: Link;
  /** Our own element on the page. */
  readonly panel: Element;
  readonly closedRoots: WeakMap<Element, ShadowRoot>;
  /** True in a tab that was opened to edit the company's rules. */
  edits(): boolean;
  recorder(): Recorder | null;
  paused(): boolean;
}

export class Editing {
  readonly #host: EditingHost;
  #ready: ReadyRules | null = null;

  constructor(host: EditingHost) {
    this.#host = host;
  }

  /** The rules, made ready for this page. */
  ready(rules: PageRules): ReadyRules {
    this.#ready = readyRules(rules, location.href, document);
    return this.#ready;
  }

  /** What new rules hide is hidden at once; what was hidden before stays so on this page. */
  renew(rules: PageRules): void {
    // Whoever edits the rules sees them as on a fresh page.
    if (this.#host.edits()) location.reload();
    else if (this.#ready !== null) {
      Object.assign(this.#ready, readyRules(rules, location.href, document));
      if (!this.#host.paused()) this.#host.recorder()?.snapshot();
    }
  }

  pick({ id, node }: Extract<TabNotice, { type: 'pick' }>): void {
    const recorder = this.#host.recorder();
    const element = this.#host.edits() ? (recorder?.elementOf(node) ?? null) : null;
    const hidden = element !== null && (recorder?.gate.level(element) ?? 2) > 0;
    const picked = element === null ? null : pickedOf(element, hidden, () => this.#roots());
    this.#host.link.say({ type: 'picked', id, picked });
  }

  count({ id, rules }: Extract<TabNotice, { type: 'count' }>): void {
    const hits = this.#host.edits() ? countHits(rules, location.href, () => this.#roots()) : [];
    this.#host.link.say({ type: 'counted', id, hits });
  }

  #roots(): Iterable<Document | ShadowRoot> {
    return rootsOf(document, this.#host.closedRoots, this.#host.panel);
  }
}
