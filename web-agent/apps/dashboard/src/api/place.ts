import type { Joined, Role } from '@sightline/protocol';

/** A participant's own place in a session, kept for reloads of this tab only. */
export interface Place {
  readonly session: Joined['session'];
  readonly role: Role;
  readonly token: string;
}

const PREFIX = 'sightline.place.';

const key = (session: string) => PREFIX + session;

/** The place that this tab already has in a session. */
export function storedPlace(session: string): Place | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(key(session)) ?? 'null');
    return isPlace(value) ? value : null;
  } catch {
    return null;
  }
}

/** Keeps a place until the tab closes. */
export function storePlace(joined: Joined): Place {
  const place = { session: joined.session, role: joined.role, token: joined.token };
  try {
    sessionStorage.setItem(key(place.session), JSON.stringify(place));
  } catch {
    // Without storage a reload asks the server again.
  }
  return place;
}

/** Forgets a place that the server does not accept any more. */
export function forgetPlace(session: string): void {
  try {
    sessionStorage.removeItem(key(session));
  } catch {
    // Nothing was stored.
  }
}

/** Forgets every place, when somebody signs out on a shared computer. */
export function forgetAllPlaces(): void {
  try {
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
    }
  } catch {
    // Nothing was stored.
  }
}

function isPlace(value: unknown): value is Place {
  return (
    typeof value === 'object' &&
    value !== null &&
    'session' in value &&
    'role' in value &&
    'token' in value &&
    typeof value.token === 'string'
  );
}
