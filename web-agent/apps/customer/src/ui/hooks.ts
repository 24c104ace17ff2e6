import { createContext } from 'preact';
import { useContext, useEffect, useReducer } from 'preact/hooks';
import type { Translate } from '../i18n';
import type { Announcer } from './announcer';

/** Something whose state may change. */
export interface Store {
  readonly subscribe: (listener: () => void) => () => void;
}

/** Renders again whenever the store changes; what is shown comes from the store's own getters. */
export function useStore(store: Store | null): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    // The store may have changed between the first rendering and this subscription.
    render(undefined);
    return store?.subscribe(() => render(undefined));
  }, [store]);
}

const noText: Translate = () => '';
export const TranslateContext = createContext<Translate>(noText);
export const AnnounceContext = createContext<Announcer>({ say: () => {} });

export function useText(): Translate {
  return useContext(TranslateContext);
}

export function useAnnounce(): Announcer {
  return useContext(AnnounceContext);
}
