import { authorColor } from '@sightline/board';
import type { Participant } from '@sightline/protocol';
import { CircleCheck, CircleSlash, Crosshair, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { useCapabilities, useSession } from '../context';
import { displayName } from '../model/announce';
import { InviteCard } from '../view/invite-card';
import { QualityBadge } from '../view/quality-badge';
import './people.css';

const scopes = ['camera', 'screen', 'page', 'microphone', 'snapshot'] as const;

/** Who is here, how well connected, and what the customer allows. */
export function People() {
  const participants = useSession((state) => state.participants);
  const can = useCapabilities();
  return (
    <>
      <ul className="people">
        {participants.map((one) => (
          <Person key={one.id} participant={one} />
        ))}
      </ul>
      <Consent />
      {can.invite && <InviteTechnician />}
    </>
  );
}

function Person({ participant }: { participant: Participant }) {
  const texts = useText();
  const you = useSession((state) => state.you);
  const machine = participant.role === 'vision';
  const role = machine ? texts.people.tracks : texts.people.roles[participant.role];
  const name = displayName(participant, texts);
  return (
    <li
      className="person"
      data-testid="person"
      data-role={participant.role}
      data-connected={participant.connected}
      data-same-as={participant.same_as ?? undefined}
    >
      {machine ? (
        <Crosshair size={14} aria-hidden="true" />
      ) : (
        <span className="swatch" style={{ background: authorColor(participant.color) }} />
      )}
      <div className="person-who">
        <span className="person-name">{name}</span>
        <span className="person-role">
          {[
            name === role ? null : role,
            participant.same_as == null ? null : texts.people.secondDevice,
            participant.id === you ? texts.people.you : null,
          ]
            .filter((part) => part !== null)
            .join(', ')}
        </span>
      </div>
      {!machine && <QualityBadge participant={participant} />}
    </li>
  );
}

function Consent() {
  const texts = useText();
  const granted = useSession((state) => state.consent.granted);
  return (
    <section className="people-part">
      <h2>{texts.people.consent}</h2>
      <ul>
        {scopes.map((scope) => {
          const allowed = granted.includes(scope);
          const Icon = allowed ? CircleCheck : CircleSlash;
          return (
            <li
              key={scope}
              className="consent"
              data-testid="consent"
              data-scope={scope}
              data-granted={allowed}
            >
              <Icon size={16} aria-hidden="true" />
              {texts.people.scopes[scope]}
              <span className="soft">{allowed ? texts.people.allowed : texts.people.refused}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function InviteTechnician() {
  const texts = useText();
  const [open, setOpen] = useState(false);
  return (
    <section className="people-part">
      <Button
        look="outline"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        data-testid="invite-technician-open"
      >
        <UserPlus size={16} aria-hidden="true" />
        {texts.people.inviteTechnician}
      </Button>
      {open && <InviteCard guest="technician" bare />}
    </section>
  );
}
