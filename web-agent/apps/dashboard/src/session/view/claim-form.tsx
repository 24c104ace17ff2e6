import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, errorText } from '../../api/api';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Message } from '../../ui/message';
import { useDesk } from '../context';
import './claim-form.css';

/** The other way round: the customer's page shows a code, the customer reads it out, it is typed here. */
export function ClaimForm() {
  const texts = useText();
  const { session } = useDesk().place;
  const [code, setCode] = useState('');
  const claim = useMutation({
    mutationFn: (typed: string) => api.claim(session, typed),
    onSuccess: () => setCode(''),
  });
  const digits = code.replace(/\D/g, '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (digits.length === 6) claim.mutate(digits);
  };
  return (
    <form className="claim" onSubmit={submit} data-testid="claim">
      <Field
        label={texts.claim.label}
        placeholder="000 000"
        value={code}
        onChange={(event) => {
          setCode(event.target.value);
          claim.reset();
        }}
        inputMode="numeric"
        autoComplete="off"
        maxLength={12}
        data-testid="claim-code"
      />
      <Button
        type="submit"
        look="outline"
        size="large"
        disabled={digits.length !== 6 || claim.isPending}
        data-testid="claim-submit"
      >
        {texts.claim.submit}
      </Button>
      {claim.isSuccess && (
        <p className="claim-note" role="status" data-testid="claim-done">
          {texts.claim.done}
        </p>
      )}
      {claim.isError && (
        <Message kind="bad" testId="claim-failed">
          {errorText(texts, claim.error)}
        </Message>
      )}
    </form>
  );
}
