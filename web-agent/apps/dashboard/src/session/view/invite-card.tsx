import type { Invite } from '@sightline/protocol';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, errorText, keys } from '../../api/api';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { CopyButton } from '../../ui/copy-button';
import { Message, Skeleton } from '../../ui/message';
import { useObjectUrl } from '../../ui/use-object-url';
import { useDesk, useSession } from '../context';
import { clock, spokenCode } from '../model/format';
import './invite-card.css';

interface InviteCardProps {
  /** Who is invited. */
  guest: 'customer' | 'technician';
  /** Without a frame of its own, inside something that has one. */
  bare?: boolean;
}

/** An invitation with its three faces: code, link, QR code. */
export function InviteCard({ guest, bare = false }: InviteCardProps) {
  const texts = useText();
  const { session } = useDesk().place;
  const used = useSession((state) => state.participants.filter((one) => one.role === guest).length);
  const invite = useQuery({
    queryKey: keys.invite(session, guest, used),
    queryFn: () =>
      api.createInvite(session, { role: guest, surface: guest === 'customer' ? 'camera' : null }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 15 * 60_000,
  });
  if (invite.isError) {
    return (
      <Message kind="bad">
        <p>
          {texts.invite.failed} {errorText(texts, invite.error)}
        </p>
        <Button look="outline" onClick={() => invite.refetch()}>
          {texts.app.tryAgain}
        </Button>
      </Message>
    );
  }
  if (invite.data === undefined) {
    return (
      <div className="invite" data-bare={bare} role="status" aria-label={texts.invite.loading}>
        <Skeleton width={148} height={148} />
        <div className="invite-facts">
          <Skeleton height={40} />
          <Skeleton height={32} />
          <Skeleton height={16} />
        </div>
      </div>
    );
  }
  return <Faces invite={invite.data} bare={bare} onRenew={() => void invite.refetch()} />;
}

function Faces(props: { invite: Invite; bare: boolean; onRenew: () => void }) {
  const { invite, bare, onRenew } = props;
  const texts = useText();
  const leftMs = useTimeLeft(invite.expires_at);
  const qr = useObjectUrl(invite.qr_svg, 'image/svg+xml');
  if (leftMs <= 0) {
    return (
      <Message kind="note" testId="invite-expired">
        <p>{texts.invite.expired}</p>
        <Button look="primary" onClick={onRenew} data-testid="invite-renew">
          {texts.invite.renew}
        </Button>
      </Message>
    );
  }
  return (
    <div className="invite" data-bare={bare} data-testid="invite" data-link={invite.link}>
      <img
        className="invite-qr"
        src={qr ?? undefined}
        alt={texts.invite.qr}
        data-testid="invite-qr"
      />
      <div className="invite-facts">
        <div
          className="invite-code"
          role="img"
          aria-label={`${texts.invite.code}: ${[...invite.code].join(' ')}`}
          data-testid="invite-code"
          data-code={invite.code}
        >
          {spokenCode(invite.code)}
        </div>
        <p className="invite-valid">{texts.invite.codeHelp(`${new URL(invite.link).host}/join`)}</p>
        <CopyButton
          look="primary"
          text={invite.link}
          label={texts.invite.copyLink}
          data-testid="invite-link"
        />
        <p className="invite-valid">
          {texts.invite.validFor(clock(leftMs))} {texts.invite.once}
        </p>
      </div>
    </div>
  );
}

/** Milliseconds until a time in RFC 3339, counted down each second. */
function useTimeLeft(until: string): number {
  const end = Date.parse(until);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return end - now;
}
