import type { LeftFor } from '@sightline/protocol';
import { useMutation } from '@tanstack/react-query';
import { api, errorText } from '../../api/api';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { useCapabilities, useDesk } from '../context';
import { spokenCode } from '../model/format';

/** The customer is on a page that is not shared; where the company's own, sharing can begin there. */
export function LeftNote({ left }: { left: LeftFor }) {
  const texts = useText();
  const can = useCapabilities();
  const { session } = useDesk().place;
  const invite = useMutation({
    mutationFn: () => api.createInvite(session, { role: 'customer', surface: 'page' }),
  });
  const { origin } = left;
  return (
    <output className="page-note page-left" data-testid="page-left">
      <span>
        {invite.data !== undefined
          ? texts.page.codeThere(spokenCode(invite.data.code))
          : invite.isError
            ? errorText(texts, invite.error)
            : origin == null
              ? texts.page.wentAway
              : texts.page.wentTo(new URL(origin).host)}
      </span>
      {can.invite && origin != null && invite.data === undefined && (
        <Button
          look="primary"
          disabled={invite.isPending}
          onClick={() => invite.mutate()}
          data-testid="page-ask-there"
        >
          {texts.page.askThere}
        </Button>
      )}
    </output>
  );
}
