import { Api, ApiError } from '@sightline/protocol';
import { QueryClient } from '@tanstack/react-query';
import type { Catalogue } from '../i18n';
import { refusalText } from '../i18n/refusal';

/** The server that served this page. */
export const api = new Api();

/** True when the request was refused because nobody is signed in. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'unauthenticated';
}

/** True when the request may succeed later as it is. */
export function isOutage(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.code === 'unreachable' || error.code === 'rate_limited' || error.code === 'internal')
  );
}

/** What went wrong and what to do, in the reader's language. */
export function errorText(texts: Catalogue, error: unknown): string {
  if (!(error instanceof ApiError)) return texts.errors.unknown;
  if (error.code === 'rate_limited') return texts.errors.rate_limited(error.retryAfterS);
  if (error.code === 'unreachable') return texts.errors.network;
  return refusalText(texts, error.code);
}

/** Keys of everything that is asked from the server, in one place. */
export const keys = {
  me: ['me'] as const,
  settings: ['cobrowse-settings'] as const,
  record: (session: string) => ['record', session] as const,
  sessions: ['sessions'] as const,
  joined: (session: string) => ['joined', session] as const,
  /** `used` counts who came already: each invitation is for one person. */
  invite: (session: string, role: string, used: number) => ['invite', session, role, used] as const,
  preview: (ticket: string) => ['preview', ticket] as const,
  picture: (path: string) => ['picture', path] as const,
};

/** Asks again only when the server could not be reached: a refusal stays a refusal. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) =>
        count < 2 && error instanceof ApiError && error.code === 'unreachable',
      refetchOnWindowFocus: false,
    },
  },
});
