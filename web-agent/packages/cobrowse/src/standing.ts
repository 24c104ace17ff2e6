// The small card that says how things stand, with what the customer can do about it.

import { button, type Panel } from './panel';
import type { Texts } from './texts';

/** How things stand. */
export interface Standing {
  readonly agent: string;
  /** True while the page may be seen. */
  readonly shared: boolean;
  readonly paused: boolean;
  /** True while an agent may act. */
  readonly controlled: boolean;
  /** True when what is seen is kept. */
  readonly kept: boolean;
  /** Messages that were not read yet. */
  readonly unread: number;
}

/** What the customer can do. */
export interface Doings {
  share(): void;
  leave(): void;
  chat(): void;
  pause(paused: boolean): void;
  hide(): void;
  takeBack(): void;
  finish(): void;
}

export function showStanding(panel: Panel, texts: Texts, how: Standing, act: Doings): void {
  const { agent, unread } = how;
  const chat = button(unread === 0 ? texts.chat : `${texts.chat} · ${unread}`, () => act.chat());
  const end = button(texts.end, () => act.finish());
  if (!how.shared) {
    const share = button(texts.allow, () => act.share(), true);
    const leave = button(texts.leave, () => act.leave());
    panel.live(texts.talking(agent), true, share, chat, leave);
  } else if (how.paused) {
    const resume = button(texts.resume, () => act.pause(false), true);
    panel.live(texts.paused, true, resume, chat, end);
  } else if (how.controlled) {
    const takeBack = button(texts.takeBack, () => act.takeBack(), true);
    panel.live(texts.controlled, false, takeBack, end);
  } else {
    const pause = button(texts.pause, () => act.pause(true));
    const hide = button(texts.hide, () => act.hide());
    panel.live(texts.live(agent, how.kept), false, pause, hide, chat, end);
  }
}
