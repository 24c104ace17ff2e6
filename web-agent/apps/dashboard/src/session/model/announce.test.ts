import type { ServerMessage } from '@sightline/protocol';
import { expect, it } from 'vitest';
import { en } from '../../i18n/en';
import { announce } from './announce';
import { agent, annotation, customer, session, surface } from './fixtures';

const technician = agent({ id: 'par_technician', role: 'technician', name: 'Tom' });
const here = session({ participants: [agent(), customer(), technician] });

function heard(message: ServerMessage, before = here): string | null {
  return announce(before, message)?.(en) ?? null;
}

function added(by: typeof technician.id): ServerMessage {
  const op = { type: 'added', annotation: annotation({ author: by }) } as const;
  return { type: 'annotation_events', events: [{ seq: 1, at_ms: 0, by, client_id: 'x', op }] };
}

it('tells who drew what, but not of one’s own drawing', () => {
  expect(heard(added(technician.id))).toBe('Tom drew: circle.');
  expect(heard(added(agent().id))).toBeNull();
});

it('tells of coming and going once', () => {
  const gone = {
    type: 'participant_updated',
    participant: customer({ connected: false }),
  } as const;
  expect(heard(gone)).toBe('Ana K. is not connected any more.');
  expect(heard({ type: 'participant_updated', participant: customer() })).toBeNull();
});

it('names a participant without a name by the role', () => {
  const nameless = customer({ id: 'par_nameless', name: '' });
  expect(heard({ type: 'participant_updated', participant: nameless })).toBe('Customer joined.');
});

it('tells of a connection only when its word changes', () => {
  const quality = { rtt_ms: 700, loss: 0, fps: 5 };
  const weak = {
    type: 'quality_changed',
    participant: customer().id,
    quality,
    level: 'weak',
  } as const;
  expect(heard(weak)).toBe('The connection of Ana K. is weak.');
  const known = session({
    participants: here.participants,
    quality: new Map([[customer().id, { quality, level: 'weak' }]]),
  });
  expect(heard(weak, known)).toBeNull();
  expect(heard({ ...weak, level: 'good' }, known)).toBe('The connection of Ana K. is good.');
  expect(heard({ ...weak, level: 'good' })).toBeNull();
});

it('tells of the curtain', () => {
  const shared = session({ participants: here.participants, surfaces: [surface()] });
  const paused = { type: 'surface_updated', surface: surface({ paused: true }) } as const;
  expect(heard(paused, shared)).toBe('The picture is paused.');
  expect(heard({ type: 'surface_updated', surface: surface() }, shared)).toBeNull();
});
