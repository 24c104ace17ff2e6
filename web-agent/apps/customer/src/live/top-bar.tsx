import type { SessionState } from '@sightline/protocol';
import type { SharingState } from '../model/sharing';
import { useText } from '../ui/hooks';
import { EyeIcon, EyeOffIcon, QualityIcon, ShieldIcon } from '../ui/icons';
import { peopleOf, qualityOf } from './people';
import { seenOf } from './seen';

const WORDS = {
  live: 'state_live',
  paused: 'paused_title',
  coming: 'loading',
  lost: 'connection_reconnecting',
  off: 'off',
} as const;

interface TopBarProps {
  readonly state: SessionState;
  readonly agent: string;
  readonly sharing: SharingState;
  readonly open: boolean;
  readonly onDetails: () => void;
}

/** Who is here, how good the connection is, and whether anything is seen. */
export function TopBar({ state, agent, sharing, open, onDetails }: TopBarProps) {
  const text = useText();
  const here = peopleOf(state).filter((person) => person.connected);
  const names = here.map((person) => person.name).join(', ');
  const quality = qualityOf(state);
  const word = text(`quality_${quality}`);
  const seen = seenOf(state, sharing);
  const kept = state.surfaces.some((surface) => surface.owner === state.you && surface.kept);
  return (
    <header class="top-bar">
      <span class={seen === 'live' ? 'state seen' : 'state'} data-seen={seen}>
        {seen === 'live' ? <EyeIcon /> : <EyeOffIcon />}
        {text(WORDS[seen])}
      </span>
      {kept && (
        <span class="state kept" data-testid="kept">
          {text('state_kept')}
        </span>
      )}
      <span class="who">
        {names === '' ? text('live_waiting_agent', { agent }) : text('live_with', { names })}
      </span>
      <span
        class={`quality ${quality}`}
        role="img"
        aria-label={text('quality_label', { quality: word })}
      >
        <QualityIcon bars={{ good: 3, fair: 2, weak: 1, unknown: 0 }[quality] as 0 | 1 | 2 | 3} />
        <span class="quality-word">{word}</span>
      </span>
      <button
        type="button"
        class="round"
        aria-label={text('details')}
        aria-expanded={open}
        onClick={onDetails}
      >
        <ShieldIcon />
      </button>
      {state.connection === 'reconnecting' && (
        <p class="reconnecting" role="status">
          <strong>{text('connection_reconnecting')}</strong> {text('connection_reconnecting_hint')}
        </p>
      )}
    </header>
  );
}
