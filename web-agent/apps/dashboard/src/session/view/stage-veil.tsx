import type { Participant, Surface } from '@sightline/protocol';
import { EyeOff, UserRoundX, Video } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { Skeleton } from '../../ui/message';
import { useCapabilities, useDesk, useDeskState, useSession } from '../context';
import { displayName } from '../model/announce';
import { customerOf, type StageView, surfacesToAskFor } from '../model/select';
import { ClaimForm } from './claim-form';
import { InviteCard } from './invite-card';
import './stage-veil.css';

interface StageVeilProps {
  view: StageView;
  surface: Surface | null;
  owner: Participant | null;
}

/** What stands on the stage instead of a live picture, and the one next step. */
export function StageVeil({ view, surface, owner }: StageVeilProps) {
  const texts = useText();
  const can = useCapabilities();
  const participants = useSession((state) => state.participants);
  const person = displayName(surface === null ? customerOf(participants) : owner, texts);
  switch (view) {
    case 'live':
    case 'page':
      return null;
    case 'connecting':
    case 'opening': {
      const text = view === 'opening' ? texts.stage.connectingPicture : texts.session.connecting;
      return (
        <Veil view={view} title={text}>
          <div className="veil-wait">
            <Skeleton height={8} />
          </div>
        </Veil>
      );
    }
    case 'waiting':
      return (
        <Veil view={view} title={texts.stage.waitingTitle}>
          {can.invite ? (
            <>
              <p className="veil-text">{texts.stage.waitingBody}</p>
              <InviteCard guest="customer" />
              <ClaimForm />
            </>
          ) : (
            <p className="veil-text">{texts.stage.waitingGuest}</p>
          )}
        </Veil>
      );
    case 'here':
      return (
        <Veil view={view} title={texts.stage.hereTitle(person)} icon={<Video size={40} />}>
          {can.askForSurface ? <Ask /> : <p className="veil-text">{texts.stage.hereGuest}</p>}
        </Veil>
      );
    case 'away':
      return (
        <Veil view={view} title={texts.stage.awayTitle(person)} icon={<UserRoundX size={40} />}>
          <p className="veil-text">{texts.stage.awayBody}</p>
          {can.invite && <InviteAgain />}
        </Veil>
      );
    case 'paused':
      return (
        <Veil view={view} title={texts.stage.pausedTitle(person)} icon={<EyeOff size={40} />}>
          <p className="veil-text">{texts.stage.pausedBody}</p>
        </Veil>
      );
  }
}

function Veil(props: { view: StageView; title: string; icon?: ReactNode; children: ReactNode }) {
  return (
    <div className="veil" data-view={props.view} data-testid={`veil-${props.view}`}>
      <div className="veil-body">
        {props.icon}
        <h2>{props.title}</h2>
        {props.children}
      </div>
    </div>
  );
}

/** An invitation is for one time: whoever closed the page needs a new one to come back. */
function InviteAgain() {
  const texts = useText();
  const [open, setOpen] = useState(false);
  if (open) {
    return (
      <>
        <InviteCard guest="customer" />
        <ClaimForm />
      </>
    );
  }
  return (
    <Button
      look="outline"
      className="veil-button"
      onClick={() => setOpen(true)}
      data-testid="invite-again"
    >
      {texts.stage.inviteAgain}
    </Button>
  );
}

function Ask() {
  const texts = useText();
  const desk = useDesk();
  const asked = useDeskState((state) => state.asked);
  const session = useSession((state) => state);
  const labels = {
    page: texts.page.askPage,
    camera: texts.stage.askCamera,
    screen: texts.stage.askScreen,
  };
  return (
    <>
      <p className="veil-text" role="status">
        {asked === 'camera' || asked === 'screen' || asked === 'page'
          ? texts.stage.asked(texts.stage.kinds[asked])
          : texts.stage.hereBody}
      </p>
      <div className="veil-actions">
        {surfacesToAskFor(session).map((kind, index) => (
          <Button
            key={kind}
            look={asked === null && index === 0 ? 'primary' : 'outline'}
            size="large"
            onClick={() => desk.ask(kind)}
            data-testid={`ask-${kind}`}
          >
            {labels[kind]}
          </Button>
        ))}
      </div>
    </>
  );
}
