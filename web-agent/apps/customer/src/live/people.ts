import type { Participant, SessionState } from '@sightline/protocol';
import type { TextKey } from '../i18n';

/** Everybody else who is or was here; machines are not people. */
export function peopleOf(state: SessionState): readonly Participant[] {
  return state.participants.filter(
    ({ id, role }) => id !== state.you && role !== 'vision' && role !== 'recorder',
  );
}

/** How good the own connection is, in one word. */
export function qualityOf(state: SessionState): 'good' | 'fair' | 'weak' | 'unknown' {
  if (state.connection !== 'live' || state.media === 'failed') return 'unknown';
  const measured = state.you === null ? undefined : state.quality.get(state.you);
  if (measured !== undefined) return measured.level;
  if (state.rttMs === null) return 'unknown';
  return state.rttMs < 200 ? 'good' : state.rttMs < 500 ? 'fair' : 'weak';
}

export function roleText(role: Participant['role']) {
  const texts = {
    customer: 'role_customer',
    agent: 'role_agent',
    technician: 'role_technician',
    supervisor: 'role_supervisor',
    recorder: 'role_other',
    vision: 'role_other',
    unknown: 'role_other',
  } as const satisfies Record<Participant['role'], TextKey>;
  return texts[role];
}
