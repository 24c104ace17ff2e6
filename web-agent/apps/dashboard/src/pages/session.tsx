import type { SessionId } from '@sightline/protocol';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, errorText, keys, queryClient } from '../api/api';
import { forgetPlace, type Place, storedPlace, storePlace } from '../api/place';
import { Page } from '../app/page';
import { useText } from '../i18n';
import { DeskContext, useDeskState, useSession } from '../session/context';
import { SessionDesk } from '../session/controller';
import { useKeys } from '../session/use-keys';
import { Finished } from '../session/view/finished';
import { LiveRegion } from '../session/view/live-region';
import { Workspace } from '../session/view/workspace';
import { Message } from '../ui/message';

/** Finds this tab's place in the session, then opens the desk on it. */
export function SessionPage({ id }: { id: string }) {
  const texts = useText();
  const place = useQuery({
    queryKey: keys.joined(id),
    queryFn: async () => storedPlace(id) ?? storePlace(await api.joinAsAgent(id as SessionId)),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (place.isPending) return <Page busy />;
  if (place.isError) {
    return (
      <Page narrow>
        <Message kind="bad" testId="session-error">
          <p>
            {texts.session.failed} {errorText(texts, place.error)}
          </p>
          <a href="#/">{texts.app.back}</a>
        </Message>
      </Page>
    );
  }
  return <OpenDesk key={place.data.token} place={place.data} />;
}

function OpenDesk({ place }: { place: Place }) {
  const [desk, setDesk] = useState<SessionDesk | null>(null);
  useEffect(() => {
    const opened = new SessionDesk(place);
    opened.start();
    setDesk(opened);
    return () => opened.stop();
  }, [place]);
  if (desk === null) return null;
  return (
    <DeskContext value={desk}>
      <DeskView desk={desk} />
      <LiveRegion />
    </DeskContext>
  );
}

function DeskView({ desk }: { desk: SessionDesk }) {
  useKeys(desk);
  const connection = useSession((state) => state.connection);
  const refusal = useDeskState((state) => state.refusal);
  const { session, role } = desk.place;
  const over = connection === 'ended' || connection === 'left';
  const stale = connection === 'refused' && refusal === 'unauthenticated';
  useEffect(() => {
    if (!over && connection !== 'refused') return;
    forgetPlace(session);
    void queryClient.invalidateQueries({ queryKey: keys.sessions });
    // A stored token can outlive its time; a signed-in agent simply gets a new one.
    if (stale && role === 'agent')
      void queryClient.resetQueries({ queryKey: keys.joined(session) });
  }, [over, stale, connection, session, role]);
  const closed = over || connection === 'refused' || connection === 'replaced';
  return closed ? <Finished /> : <Workspace />;
}
