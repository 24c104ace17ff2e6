import type { SessionId } from '@sightline/protocol';
import { useQuery } from '@tanstack/react-query';
import { api, errorText, isSignedOut, keys } from '../api/api';
import { storedPlace } from '../api/place';
import { useText } from '../i18n';
import { HomePage } from '../pages/home';
import { JoinPage } from '../pages/join';
import { RecordPage, RulesPage, SessionPage } from '../pages/parts';
import { SignInPage } from '../pages/sign-in';
import { Button } from '../ui/button';
import { Message } from '../ui/message';
import { Page } from './page';
import { parseRoute, useHash } from './route';

/** Chooses the page by the address and by who is signed in. */
export function App() {
  const route = parseRoute(useHash());
  switch (route.name) {
    case 'join':
      return <JoinPage key={route.ticket} ticket={route.ticket} />;
    case 'sign-in':
      return <SignInPage secret={route.secret} />;
    case 'session': {
      // A technician has a place without being signed in.
      const page = <SessionPage key={route.id} id={route.id} fallback={<Page busy />} />;
      return storedPlace(route.id) === null ? <SignedIn>{page}</SignedIn> : page;
    }
    case 'record':
      return (
        <SignedIn>
          <RecordPage key={route.id} id={route.id as SessionId} fallback={<Page busy />} />
        </SignedIn>
      );
    case 'rules':
      return (
        <SignedIn>
          <RulesPage fallback={<Page busy />} />
        </SignedIn>
      );
    case 'home':
      return (
        <SignedIn>
          <HomePage />
        </SignedIn>
      );
  }
}

function SignedIn({ children }: { children: React.ReactNode }) {
  const texts = useText();
  const me = useQuery({ queryKey: keys.me, queryFn: () => api.me(), staleTime: 60_000 });
  if (me.isSuccess) return children;
  if (me.isPending) return <Page busy />;
  if (isSignedOut(me.error)) return <SignInPage secret={null} />;
  return (
    <Page>
      <Message kind="bad">
        <p>{errorText(texts, me.error)}</p>
        <Button look="outline" onClick={() => me.refetch()}>
          {texts.app.tryAgain}
        </Button>
      </Message>
    </Page>
  );
}
