import * as Popover from '@radix-ui/react-popover';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { useSession } from '../context';
import { customerOf } from '../model/select';
import { ClaimForm } from './claim-form';
import { InviteCard } from './invite-card';
import './invite-popover.css';

/** Invites one more person. Offers the technician first when the customer is already here. */
export function InvitePopover() {
  const texts = useText();
  const customerHere = useSession((state) => customerOf(state.participants)?.connected === true);
  const [chosen, setChosen] = useState<'customer' | 'technician' | null>(null);
  const role = chosen ?? (customerHere ? 'technician' : 'customer');
  return (
    <Popover.Root onOpenChange={() => setChosen(null)}>
      <Popover.Trigger asChild>
        <Button look="outline" aria-label={texts.session.invite} data-testid="invite-open">
          <UserPlus size={16} aria-hidden="true" />
          <span>{texts.session.invite}</span>
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label={texts.invite.who}
        >
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms, this is a choice of views */}
          <div className="choice" role="group" aria-label={texts.invite.who}>
            {(['customer', 'technician'] as const).map((one) => (
              <Button
                key={one}
                aria-pressed={one === role}
                onClick={() => setChosen(one)}
                data-testid={`invite-${one}`}
              >
                {texts.invite[one]}
              </Button>
            ))}
          </div>
          <InviteCard key={role} guest={role} bare />
          {role === 'customer' && <ClaimForm />}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
