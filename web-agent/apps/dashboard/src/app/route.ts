import { useSyncExternalStore } from 'react';

/** Where the page is. It stands after `#`, so secrets in it never reach a server's log. */
export type Route =
  | { name: 'home' }
  | { name: 'sign-in'; secret: string | null }
  | { name: 'session'; id: string }
  | { name: 'record'; id: string }
  | { name: 'rules' }
  | { name: 'join'; ticket: string | null };

/** Reads a route from `location.hash`; anything unknown is home. */
export function parseRoute(hash: string): Route {
  const [first, second] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decode);
  switch (first) {
    case 'sign-in':
      return { name: 'sign-in', secret: second || null };
    case 'join':
      return { name: 'join', ticket: second || null };
    case 'rules':
      return { name: 'rules' };
    case 'record':
      return second ? { name: 'record', id: second } : { name: 'home' };
    case 'session':
      return second ? { name: 'session', id: second } : { name: 'home' };
    default:
      return { name: 'home' };
  }
}

/** The hash of a route. */
export function routeHash(route: Route): string {
  switch (route.name) {
    case 'home':
      return '#/';
    case 'sign-in':
      return route.secret === null ? '#/sign-in' : `#/sign-in/${encodeURIComponent(route.secret)}`;
    case 'join':
      return route.ticket === null ? '#/join' : `#/join/${encodeURIComponent(route.ticket)}`;
    case 'rules':
      return '#/rules';
    case 'record':
      return `#/record/${encodeURIComponent(route.id)}`;
    case 'session':
      return `#/session/${encodeURIComponent(route.id)}`;
  }
}

/** Goes somewhere; `replace` leaves no trace of a one-time secret in the browser's history. */
export function go(route: Route, options: { replace?: boolean } = {}): void {
  if (options.replace === true) {
    history.replaceState(null, '', routeHash(route));
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = routeHash(route);
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

/** The current hash, for [`parseRoute`]. */
export function useHash(): string {
  return useSyncExternalStore(subscribe, () => location.hash);
}
