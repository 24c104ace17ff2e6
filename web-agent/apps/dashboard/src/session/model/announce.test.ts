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

it('tells who removed drawings, and nothing of clearing what was clear', () => {
  const hidden = (ids: `ann_${string}`[]): ServerMessage => {
    const op = { type: 'hidden' as const, ids };
    const by = technician.id;
    return { type: 'annotation_events', events: [{ seq: 2, at_ms: 0, by, client_id: 'y', op }] };
  };
  expect(heard(hidden([annotation().id]))).toMatch(/^Tom removed/);
  expect(heard(hidden([]))).toBeNull();
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

it('tells of hidden parts and when they are shown again', () => {
  const shared = session({ participants: here.participants, surfaces: [surface()] });
  const hide = (hidden_parts: number) =>
    ({ type: 'surface_updated', surface: surface({ hidden_parts }) }) as const;
  expect(heard(hide(2), shared)).toBe('The customer hides 2 parts.');
  expect(heard(hide(255), shared)).toBe('The customer hides the whole picture.');
  expect(heard(hide(0), shared)).toBeNull();
  const hidden = session({ ...shared, surfaces: [surface({ hidden_parts: 1 })] });
  expect(heard(hide(0), hidden)).toBe('The customer hides nothing any more.');
});

it('tells that a device saves heat once, and when it is over', () => {
  const figures = (saving: 'heat' | null) => ({ rtt_ms: 40, loss: 0, fps: 15, saving });
  const message = (saving: 'heat' | null) =>
    ({
      type: 'quality_changed',
      participant: customer().id,
      quality: figures(saving),
      level: 'good',
    }) as const;
  expect(heard(message('heat'))).toBe('The device of Ana K. saves heat.');
  const hot = session({
    participants: here.participants,
    quality: new Map([[customer().id, { quality: figures('heat'), level: 'good' }]]),
  });
  expect(heard(message('heat'), hot)).toBeNull();
  expect(heard(message(null), hot)).toBe('The device of Ana K. sends everything again.');
  expect(heard(message(null))).toBeNull();
});
