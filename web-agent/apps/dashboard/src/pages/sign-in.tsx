import type { Me } from '@sightline/protocol';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef } from 'react';
import { api, errorText, isOutage, isSignedOut, keys, queryClient } from '../api/api';
import { Page } from '../app/page';
import { go } from '../app/route';
import { useText } from '../i18n';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Message } from '../ui/message';

/** Signs in with the one-time secret of the address, or with e-mail and password. */
export function SignInPage({ secret }: { secret: string | null }) {
  const texts = useText();
  const once = useMutation({
    mutationFn: signInOnce,
    onSuccess: (me) => {
      queryClient.setQueryData(keys.me, me);
      go({ name: 'home' }, { replace: true });
    },
    onError: (error) => {
      // A spent secret leaves the address bar and the history; one that never arrived is kept.
      if (!isOutage(error)) go({ name: 'sign-in', secret: null }, { replace: true });
    },
  });
  const tried = useRef<string | null>(null);
  const { mutate } = once;
  useEffect(() => {
    if (secret === null || tried.current === secret) return;
    tried.current = secret;
    mutate(secret);
  }, [secret, mutate]);

  if (secret !== null && once.isError) {
    return (
      <Page narrow>
        <Message kind="bad" testId="sign-in-error">
          <p>{errorText(texts, once.error)}</p>
          <Button look="outline" onClick={() => mutate(secret)}>
            {texts.app.tryAgain}
          </Button>
        </Message>
      </Page>
    );
  }
  if (once.isPending || secret !== null) return <Page narrow busy />;
  return (
    <Page narrow>
      <div className="card">
        <h1>{texts.signIn.title}</h1>
        {once.isError && (
          <Message kind="bad" testId="sign-in-error">
            {isRefused(once.error) ? texts.signIn.linkUsed : errorText(texts, once.error)}
          </Message>
        )}
        <PasswordForm />
        <p className="soft">{texts.signIn.hint}</p>
      </div>
    </Page>
  );
}

function PasswordForm() {
  const texts = useText();
  const signIn = useMutation({
    mutationFn: (form: FormData) =>
      api.signIn(String(form.get('email')), String(form.get('password'))),
    onSuccess: (me) => {
      queryClient.setQueryData(keys.me, me);
      if (location.hash.startsWith('#/sign-in')) go({ name: 'home' }, { replace: true });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    signIn.mutate(new FormData(event.currentTarget));
  };
  return (
    <form className="card-form" onSubmit={submit}>
      <Field
        label={texts.signIn.email}
        name="email"
        type="email"
        autoComplete="username"
        required
        autoFocus
      />
      <Field
        label={texts.signIn.password}
        name="password"
        type="password"
        autoComplete="current-password"
        required
      />
      {signIn.isError && (
        <Message kind="bad" testId="sign-in-error">
          {isSignedOut(signIn.error) ? texts.signIn.wrong : errorText(texts, signIn.error)}
        </Message>
      )}
      <Button type="submit" look="primary" size="large" disabled={signIn.isPending}>
        {signIn.isPending ? texts.signIn.working : texts.signIn.submit}
      </Button>
    </form>
  );
}

/** A link that was opened before still leads whoever is signed in to the sessions. */
async function signInOnce(secret: string): Promise<Me> {
  try {
    return await api.signInOnce(secret);
  } catch (error) {
    if (isOutage(error)) throw error;
    return api.me().catch(() => {
      throw error;
    });
  }
}

function isRefused(error: unknown): boolean {
  return (
    isSignedOut(error) ||
    (error instanceof Error && 'code' in error && error.code === 'invalid_code')
  );
}
