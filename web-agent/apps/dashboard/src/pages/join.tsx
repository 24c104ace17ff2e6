import { LIMITS } from '@sightline/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect } from 'react';
import { api, errorText, isOutage, keys } from '../api/api';
import { storePlace } from '../api/place';
import { Page } from '../app/page';
import { go } from '../app/route';
import { useText } from '../i18n';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Message } from '../ui/message';
import { SessionPage } from './parts';

/** A technician's way in: who asks, a name, one button. */
export function JoinPage({ ticket }: { ticket: string | null }) {
  const texts = useText();
  useEffect(SessionPage.preload, []);
  const preview = useQuery({
    queryKey: keys.preview(ticket ?? ''),
    queryFn: () => api.preview({ ticket: ticket ?? '' }),
    enabled: ticket !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (ticket !== null && preview.isPending) return <Page narrow busy />;
  if (!preview.isSuccess) {
    const refused = preview.error !== null && !isOutage(preview.error);
    return (
      <Page narrow>
        <Message kind="bad" testId="join-error">
          {refused || ticket === null ? texts.join.wrong : errorText(texts, preview.error)}
        </Message>
      </Page>
    );
  }
  const { agent_name, company_name, role } = preview.data;
  if (role === 'customer') return <ToCustomerPage ticket={preview.data.ticket} />;
  return (
    <Page narrow>
      <div className="card">
        <h1>{texts.join.title}</h1>
        <div>
          <p>{texts.join.asks(agent_name, company_name)}</p>
          <p className="soft">{texts.join.will}</p>
        </div>
        <AcceptForm ticket={preview.data.ticket} />
      </div>
    </Page>
  );
}

function AcceptForm({ ticket }: { ticket: string }) {
  const texts = useText();
  const accept = useMutation({
    mutationFn: (name: string) => api.accept(ticket, name),
    onSuccess: (joined) => {
      storePlace(joined);
      go({ name: 'session', id: joined.session }, { replace: true });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    accept.mutate(String(new FormData(event.currentTarget).get('name')).trim());
  };
  return (
    <form className="card-form" onSubmit={submit}>
      <Field
        label={texts.join.name}
        name="name"
        placeholder={texts.join.namePlaceholder}
        autoComplete="name"
        maxLength={LIMITS.name_chars}
        required
        autoFocus
        data-testid="join-name"
      />
      {accept.isError && (
        <Message kind="bad" testId="join-error">
          {errorText(texts, accept.error)}
        </Message>
      )}
      <Button
        type="submit"
        look="primary"
        size="large"
        disabled={accept.isPending}
        data-testid="join-submit"
      >
        {texts.join.submit}
      </Button>
    </form>
  );
}

/** A customer's ticket that came here by mistake goes to the page that can use it. */
function ToCustomerPage({ ticket }: { ticket: string }) {
  const texts = useText();
  const address = `/j/#${encodeURIComponent(ticket)}`;
  useEffect(() => location.replace(address), [address]);
  return (
    <Page narrow>
      <Message kind="note">
        {texts.join.customer} <a href={address}>{texts.join.customerLink}</a>
      </Message>
    </Page>
  );
}
