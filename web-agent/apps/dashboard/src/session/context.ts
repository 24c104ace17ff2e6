import type { SessionState } from '@sightline/protocol';
import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import { useStore } from '../app/store';
import type { SessionDesk } from './controller';
import { type Capabilities, capabilitiesOf } from './model/capabilities';
import type { DeskState } from './model/desk';

export const DeskContext = createContext<SessionDesk | null>(null);

/** The desk that this part of the page belongs to. */
export function useDesk(): SessionDesk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error('this component stands outside a session');
  return desk;
}

/** Watches a part of the desk; `select` returns the same value for the same state. */
export function useDeskState<T>(select: (state: DeskState) => T): T {
  return useStore(useDesk().store, select);
}

/** Watches a part of the session; `select` returns the same value for the same state. */
export function useSession<T>(select: (state: SessionState) => T): T {
  const { client } = useDesk();
  const subscribe = useCallback((listener: () => void) => client.subscribe(listener), [client]);
  return useSyncExternalStore(subscribe, () => select(client.state));
}

/** What this participant is offered. */
export function useCapabilities(): Capabilities {
  return capabilitiesOf(useDesk().place.role);
}
