import { PageView, type PageViewState } from '@sightline/cobrowse/replay';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useDesk } from '../context';

/** The shared page of this session, looked at while the component stands. */
export function usePageView(): { view: PageView; state: PageViewState } {
  const { place } = useDesk();
  const [view] = useState(() => new PageView(location.origin, place.token));
  useEffect(() => {
    view.open();
    return () => view.close();
  }, [view]);
  const state = useSyncExternalStore(
    (listener) => view.subscribe(listener),
    () => view.state,
  );
  return { view, state };
}
