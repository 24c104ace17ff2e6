import { LIMITS } from '@sightline/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { EyeOff, LogOut } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { api, errorText, keys, queryClient } from '../api/api';
import { forgetAllPlaces } from '../api/place';
import { Page } from '../app/page';
import { go, routeHash } from '../app/route';
import { useText } from '../i18n';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Hint } from '../ui/hint';
import { Message, Skeleton } from '../ui/message';
import { SessionPage } from './parts';
import { SessionRows } from './session-rows';
import './home.css';

/** How often the lists are asked for again, in milliseconds. */
const REFRESH_MS = 4_000;

/** Where an agent begins: one field, one button, and the sessions of the company. */
export function HomePage() {
  // The next click is most likely a session.
  useEffect(SessionPage.preload, []);
  return (
    <Page end={<Account />}>
      <div className="home">
        <NewSession />
        <Lists />
      </div>
    </Page>
  );
}

function NewSession() {
  const texts = useText();
  const [title, setTitle] = useState('');
  const create = useMutation({
    mutationFn: (text: string) => api.createSession(text),
    onSuccess: (session) => {
      void queryClient.invalidateQueries({ queryKey: keys.sessions });
      go({ name: 'session', id: session.id });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(title.trim());
  };
  return (
    <section className="card" aria-labelledby="new-session">
      <h1 id="new-session">{texts.home.newSession}</h1>
      <form className="home-new" onSubmit={submit}>
        <Field
          label={texts.home.newLabel}
          placeholder={texts.home.newPlaceholder}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          maxLength={LIMITS.title_chars}
          autoComplete="off"
          autoFocus
          data-testid="new-session-title"
        />
        <Button
          type="submit"
          look="primary"
          size="large"
          disabled={create.isPending}
          data-testid="new-session"
        >
          {texts.home.start}
        </Button>
      </form>
      {create.isError && <Message kind="bad">{errorText(texts, create.error)}</Message>}
    </section>
  );
}

function Lists() {
  const texts = useText();
  const list = useQuery({
    queryKey: keys.sessions,
    queryFn: () => api.sessions(),
    refetchInterval: REFRESH_MS,
  });
  if (list.isPending) {
    return (
      <div className="home-lists" role="status" aria-label={texts.home.loading}>
        <Skeleton height={44} />
        <Skeleton height={44} />
        <Skeleton height={44} />
      </div>
    );
  }
  if (list.data === undefined) {
    return (
      <Message kind="bad">
        <p>
          {texts.home.failed} {errorText(texts, list.error)}
        </p>
        <Button look="outline" onClick={() => list.refetch()}>
          {texts.app.tryAgain}
        </Button>
      </Message>
    );
  }
  const { sessions } = list.data;
  if (sessions.length === 0) return <p className="home-empty">{texts.home.welcome}</p>;
  const of = (phase: string) => sessions.filter((session) => session.phase === phase);
  return (
    <div className="home-lists">
      <SessionRows
        title={texts.home.waiting}
        empty={texts.home.noWaiting}
        sessions={of('waiting')}
      />
      <SessionRows
        title={texts.home.running}
        empty={texts.home.noRunning}
        sessions={of('active')}
      />
      <SessionRows
        title={texts.home.earlier}
        empty={texts.home.noEarlier}
        sessions={of('ended').slice(0, 20)}
      />
    </div>
  );
}

function Account() {
  const texts = useText();
  const me = useQuery({ queryKey: keys.me, queryFn: () => api.me(), staleTime: 60_000 });
  const signOut = useMutation({
    mutationFn: () => api.signOut(),
    onSettled: () => {
      forgetAllPlaces();
      queryClient.clear();
      go({ name: 'sign-in', secret: null });
    },
  });
  const name = me.data?.name ?? '';
  return (
    <>
      <span className="home-who" title={texts.app.signedInAs(name)}>
        {name}
      </span>
      {me.data?.admin === true && (
        <Hint text={texts.rules.title}>
          <a
            className="button"
            data-look="plain"
            data-size="normal"
            data-icon
            href={routeHash({ name: 'rules' })}
            aria-label={texts.rules.title}
            data-testid="to-rules"
          >
            <EyeOff size={18} />
          </a>
        </Hint>
      )}
      <Hint text={texts.app.signOut}>
        <Button icon aria-label={texts.app.signOut} onClick={() => signOut.mutate()}>
          <LogOut size={18} />
        </Button>
      </Hint>
    </>
  );
}
