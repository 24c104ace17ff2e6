// What the customer chooses while the session runs: to pause, to hide something, to grant control and
// to take it back. The small card says how things stand.

import type { ControlKind } from '@sightline/protocol';
import { askControl } from './cards';
import type { Link } from './link';
import type { Panel } from './panel';
import type { Sharing } from './sharing';
import { showStanding } from './standing';
import type { Texts } from './texts';

/** Whose choices these are. */
export interface ChoicesHost {
  readonly panel: Panel;
  readonly texts: Texts;
  readonly link: Link;
  sharing(): Sharing;
  /** How things stand, as far as it is not chosen here. */
  standing(): {
    readonly agent: string;
    readonly shared: boolean;
    readonly kept: boolean;
    readonly unread: number;
  };
  /** Asks for the consent again. */
  share(): void;
  chat(): void;
  leave(): void;
  finish(): void;
}

export class Choices {
  readonly #host: ChoicesHost;
  /** True while the card says how things stand, and asks nothing. */
  live = false;
  paused = false;
  /** The page as a surface of the session; null before the session has named it. */
  #surface: string | null = null;
  /** The customer paused before that. */
  #untold = false;

  constructor(host: ChoicesHost) {
    this.#host = host;
  }

  /** Says how things stand. */
  show(): void {
    this.live = true;
    const { panel, texts, share, chat, leave, finish } = this.#host;
    const controlled = this.#host.sharing().grants.length > 0;
    const standing = { ...this.#host.standing(), paused: this.paused, controlled };
    showStanding(panel, texts, standing, {
      share,
      leave,
      chat,
      pause: (paused) => this.#pause(paused),
      hide: () => this.#hide(),
      takeBack: () => this.takeBack(),
      finish,
    });
  }

  #pause(paused: boolean): void {
    if (paused) this.rest();
    this.#tell(paused);
    if (paused) return;
    this.paused = false;
    this.#host.sharing().resume();
    this.show();
  }

  #tell(paused: boolean): void {
    const surface = this.#surface;
    this.#untold = paused && surface === null;
    if (surface !== null)
      this.#host.link.session({ type: 'set_paused', surface: surface as never, paused });
  }

  /** The session has named the page. */
  named(surface: string): void {
    this.#surface = surface;
    if (this.#untold) this.#tell(true);
  }

  /** Nothing leaves this page from here on. */
  rest(): void {
    this.paused = true;
    this.#host.sharing().recorder?.pause();
    this.#host.link.hush();
    this.takeBack();
    if (this.#host.standing().shared) this.show();
  }

  #hide(): void {
    this.live = false;
    const { panel, texts } = this.#host;
    panel.message(texts.hideHelp);
    panel.pick((element) => {
      this.#host.sharing().hide(element);
      this.show();
    });
  }

  /** An agent asks for control. */
  askControl(agent: string, kinds: readonly ControlKind[]): void {
    if (!this.#host.standing().shared || this.paused) return;
    this.live = false;
    const { panel, texts } = this.#host;
    const yes = (chosen: readonly ControlKind[]): void => this.#grant(chosen);
    askControl(panel, texts, agent, kinds, yes, () => this.show());
  }

  #grant(kinds: readonly ControlKind[]): void {
    this.#host.sharing().grant(kinds);
    this.#host.link.say({ type: 'grants', kinds: [...kinds] });
    this.show();
  }

  takeBack(): void {
    if (this.#host.sharing().grants.length > 0) this.#grant([]);
  }
}
