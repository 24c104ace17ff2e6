import type { SessionClient } from '@sightline/protocol';
import { canShareScreen } from '../model/media';
import type { Sharing } from '../model/sharing';
import type { Shareable } from '../model/visit';
import { useText } from '../ui/hooks';
import { Panel } from './panel';
import { peopleOf, roleText } from './people';

interface DetailsPanelProps {
  readonly client: SessionClient;
  readonly sharing: Sharing;
  readonly agent: string;
  /** Days for which the person was told that camera and screen are kept; null when they are not. */
  readonly filmDays: number | null;
  readonly onShare: (kind: Shareable) => void;
  readonly onClose: () => void;
}

/** Everything that is allowed, each to be taken back at any time, and who is here. */
export function DetailsPanel({
  client,
  sharing,
  agent,
  filmDays,
  onShare,
  onClose,
}: DetailsPanelProps) {
  const text = useText();
  const { kind, microphone } = sharing.state;
  const keptDays = client.state.surfaces.some(
    (surface) => surface.owner === client.state.you && surface.kept,
  )
    ? filmDays
    : null;
  const stills = client.state.consent.granted.includes('snapshot');
  const toggle = (wanted: Shareable) => {
    if (kind === wanted) void sharing.stop();
    else onShare(wanted);
  };
  return (
    <Panel title={text('details')} onClose={onClose}>
      <div class="switches">
        <Switch
          name={text('details_camera')}
          on={kind === 'camera'}
          onToggle={() => toggle('camera')}
        />
        {canShareScreen() && (
          <Switch
            name={text('details_screen')}
            on={kind === 'screen'}
            onToggle={() => toggle('screen')}
          />
        )}
        <Switch
          name={text('details_sound')}
          on={microphone}
          onToggle={() => void sharing.toggleMicrophone()}
        />
        <Switch
          name={text('details_stills')}
          hint={text('details_stills_hint', { agent })}
          on={stills}
          onToggle={() => client.setConsent('snapshot', !stills)}
        />
      </div>
      {keptDays !== null && <p class="quiet">{text('details_kept', { days: keptDays })}</p>}
      <h3>{text('details_people')}</h3>
      <ul class="people">
        {peopleOf(client.state).map((person) => (
          <li key={person.id} class={person.connected ? '' : 'away'}>
            <span class={`dot author-${person.color}`} aria-hidden="true" />
            <span>{person.name}</span>
            <span class="role">
              {text(roleText(person.role))}
              {!person.connected && ` · ${text('off')}`}
            </span>
          </li>
        ))}
        <li>
          <span class="dot" aria-hidden="true" />
          <span>{text('details_you')}</span>
          <span class="role">{text('role_customer')}</span>
        </li>
      </ul>
    </Panel>
  );
}

interface SwitchProps {
  readonly name: string;
  readonly hint?: string;
  readonly on: boolean;
  readonly onToggle: () => void;
}

function Switch({ name, hint, on, onToggle }: SwitchProps) {
  const text = useText();
  return (
    <button type="button" role="switch" class="switch" aria-checked={on} onClick={onToggle}>
      <span class="switch-name">
        {name}
        {hint !== undefined && <small>{hint}</small>}
      </span>
      <span class="switch-word">{text(on ? 'on' : 'off')}</span>
      <span class="switch-track" aria-hidden="true" />
    </button>
  );
}
