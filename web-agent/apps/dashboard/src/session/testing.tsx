import type { SessionState } from '@sightline/protocol';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, vi } from 'vitest';
import type { Place } from '../api/place';
import { createStore } from '../app/store';
import { HintProvider } from '../ui/hint';
import { DeskContext } from './context';
import type { SessionDesk } from './controller';
import { initialDesk, reduceDesk } from './model/desk';
import { session } from './model/fixtures';

afterEach(cleanup);

/** A desk over a session that stands still and records what is asked of it. */
export function fakeDesk(state: Partial<SessionState> = {}, role: Place['role'] = 'agent') {
  const client = {
    state: session(state),
    subscribe: () => () => {},
    sessionMs: () => 192_000,
    removeAnnotation: vi.fn(),
    requestSurface: vi.fn(),
    sendChat: vi.fn(),
    endSession: vi.fn(),
    leave: vi.fn(),
  };
  return {
    client,
    store: createStore(reduceDesk, { ...initialDesk, you: client.state.you }),
    place: { session: 'ses_aaaaaaaa', role, token: 'token' } as Place,
    run: vi.fn(),
    ask: vi.fn(),
    askToEnd: vi.fn(),
    highlight: vi.fn(),
    goLive: vi.fn(),
  };
}

/** Shows a part of the session page over a fake desk; `moveTo` another one keeps what was asked. */
export function renderAt(desk: ReturnType<typeof fakeDesk>, children: ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const at = (other: ReturnType<typeof fakeDesk>) => (
    <QueryClientProvider client={client}>
      <HintProvider>
        <DeskContext value={other as unknown as SessionDesk}>{children}</DeskContext>
      </HintProvider>
    </QueryClientProvider>
  );
  const { rerender } = render(at(desk));
  return { moveTo: (other: ReturnType<typeof fakeDesk>) => rerender(at(other)) };
}
