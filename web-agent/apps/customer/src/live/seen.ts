import type { SessionState } from '@sightline/protocol';
import type { SharingState } from '../model/sharing';

/** Whether the others see the picture at this moment; `coming` and `lost`: nothing arrives. */
export type Seen = 'live' | 'paused' | 'coming' | 'lost' | 'off';

/** What is true now, not what was asked for: a badge that says live while nothing arrives lies. */
export function seenOf(
  { connection, media }: Pick<SessionState, 'connection' | 'media'>,
  { kind, paused }: Pick<SharingState, 'kind' | 'paused'>,
): Seen {
  if (kind === null) return 'off';
  if (paused) return 'paused';
  if (connection !== 'live') return 'lost';
  return media === 'connected' ? 'live' : 'coming';
}
