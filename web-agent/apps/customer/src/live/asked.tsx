import type { SessionClient } from '@sightline/protocol';
import { useEffect, useState } from 'preact/hooks';
import { canShareScreen } from '../model/media';
import type { Sharing } from '../model/sharing';
import type { Shareable } from '../model/visit';
import { useText } from '../ui/hooks';

interface AskedProps {
  readonly client: SessionClient;
  readonly sharing: Sharing;
  readonly onShare: (kind: Shareable) => void;
}

/** An agent's request for another picture, until it is answered. */
export function Asked({ client, sharing, onShare }: AskedProps) {
  const text = useText();
  const [asked, setAsked] = useState<{ kind: Shareable; name: string } | null>(null);
  useEffect(
    () =>
      client.on('message', (message) => {
        // A page is shared from the company's own site, not from here.
        if (message.type !== 'surface_requested') return;
        if (message.kind !== 'camera' && message.kind !== 'screen') return;
        const by = client.state.participants.find(({ id }) => id === message.by);
        setAsked({ kind: message.kind, name: by?.name ?? '' });
      }),
    [client],
  );
  if (asked === null || asked.kind === sharing.state.kind) return null;
  const { kind, name } = asked;
  const possible = kind === 'camera' || canShareScreen();
  return (
    <section class="asked" role="alertdialog" aria-label={text(`ask_${kind}`, { name })}>
      <p>{text(`ask_${kind}`, { name })}</p>
      <div>
        {possible && (
          <button
            type="button"
            class="primary"
            onClick={() => {
              setAsked(null);
              onShare(kind);
            }}
          >
            {text(`ask_yes_${kind}`)}
          </button>
        )}
        <button type="button" class="secondary" onClick={() => setAsked(null)}>
          {text('ask_no')}
        </button>
      </div>
    </section>
  );
}
