import type { RefObject } from 'preact';

/** Tells people who do not see the page what happened on it. */
export interface Announcer {
  say(text: string): void;
}

/** How many of the last announcements a screen reader can go back to. */
const KEPT = 5;

/** The element that screen readers listen to; hidden from eyes. */
export function AnnouncerRegion({ region }: { region: RefObject<HTMLDivElement | null> }) {
  return <div ref={region} class="visually-hidden" role="log" aria-live="polite" />;
}

/** Writes into the region; each announcement is a line of its own, so that none replaces another. */
export function announcerFor(region: RefObject<HTMLDivElement | null>): Announcer {
  return {
    say(text) {
      const element = region.current;
      if (element === null) return;
      const line = document.createElement('p');
      line.textContent = text;
      element.append(line);
      while (element.childElementCount > KEPT) element.firstElementChild?.remove();
    },
  };
}
