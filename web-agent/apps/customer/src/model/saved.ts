import type { InvitePreview, Joined } from '@sightline/protocol';

/** A place in a session, kept so that a reload comes back into it. */
export interface SavedPlace {
  readonly ticket: string;
  readonly preview: InvitePreview;
  readonly joined: Joined;
  readonly stills: boolean;
}

const KEY = 'sightline.place';

/** The place that this tab had; null without one or when storage is blocked. */
export function loadPlace(storage: Storage | null): SavedPlace | null {
  try {
    const text = storage?.getItem(KEY) ?? null;
    if (text === null) return null;
    const value = JSON.parse(text) as Partial<SavedPlace> | null;
    const complete =
      typeof value?.ticket === 'string' &&
      typeof value.preview?.agent_name === 'string' &&
      typeof value.joined?.token === 'string';
    return complete ? (value as SavedPlace) : null;
  } catch {
    return null;
  }
}

export function savePlace(storage: Storage | null, place: SavedPlace): void {
  try {
    storage?.setItem(KEY, JSON.stringify(place));
  } catch {
    // Without storage a reload has to ask for a new link; everything else works.
  }
}

export function forgetPlace(storage: Storage | null): void {
  try {
    storage?.removeItem(KEY);
  } catch {
    // See above.
  }
}

/** Storage of this tab; null where the browser blocks it. */
export function tabStorage(): Storage | null {
  try {
    return globalThis.sessionStorage;
  } catch {
    return null;
  }
}
