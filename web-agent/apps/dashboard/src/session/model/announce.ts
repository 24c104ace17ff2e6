import type { Participant, ParticipantId, ServerMessage, SessionState } from '@sightline/protocol';
import type { Catalogue } from '../../i18n';

/** A sentence in the language of whoever hears it. */
export type Say = (texts: Catalogue) => string;

/**
 * What a screen reader says about a message; null for what needs no word.
 *
 * @param before the session before it took the message in
 */
export function announce(before: SessionState, message: ServerMessage): Say | null {
  const named = (id: ParticipantId, texts: Catalogue) => nameOf(before.participants, id, texts);
  switch (message.type) {
    case 'participant_updated':
      return aboutParticipant(before, message.participant);
    case 'chat': {
      const { from, text } = message.message;
      return from === before.you ? null : (texts) => texts.heard.wrote(named(from, texts), text);
    }
    case 'annotation_events': {
      const event = message.events.at(-1);
      if (event === undefined || event.by === before.you) return null;
      const { by, op } = event;
      if (op.type === 'added') {
        const { type } = op.annotation.shape;
        return (texts) => texts.heard.drew(named(by, texts), texts.marks.shapes[type]);
      }
      if (op.type === 'hidden') {
        const count = op.ids.length;
        return (texts) => texts.heard.removed(named(by, texts), count);
      }
      return op.type === 'shown' ? (texts) => texts.heard.restored(named(by, texts)) : null;
    }
    case 'anchor_states': {
      const state = message.states.find(
        (one) => before.anchors.get(one.anchor)?.status !== one.status,
      );
      if (state === undefined) return null;
      return (texts) =>
        texts.heard.mark(texts.marks.status[state.status], texts.marks.reasons[state.reason]);
    }
    case 'quality_changed': {
      const known = before.quality.get(message.participant)?.level;
      if (known === message.level || (known === undefined && message.level === 'good')) return null;
      return (texts) =>
        texts.heard.quality(named(message.participant, texts), texts.quality[message.level]);
    }
    case 'surface_updated': {
      const { id, kind, paused } = message.surface;
      const known = before.surfaces.find((surface) => surface.id === id);
      if (known === undefined) return (texts) => texts.heard.surface(surfaceName(kind, texts));
      if (known.paused === paused) return null;
      return (texts) => (paused ? texts.heard.paused : texts.heard.continued);
    }
    case 'surface_removed': {
      const known = before.surfaces.find((surface) => surface.id === message.surface);
      if (known === undefined) return null;
      return (texts) => texts.heard.surfaceGone(surfaceName(known.kind, texts));
    }
    case 'snapshot_added':
      return (texts) => texts.heard.snapshot(named(message.snapshot.by, texts));
    default:
      return null;
  }
}

/** The name of a kind of surface. */
export function surfaceName(kind: string, texts: Catalogue): string {
  if (kind === 'camera') return texts.stage.camera;
  if (kind === 'page') return texts.stage.page;
  return kind === 'screen' ? texts.stage.screen : texts.stage.otherSurface;
}

/** The name of a participant, or of the role when none was given. */
export function displayName(participant: Participant | null, texts: Catalogue): string {
  if (participant === null) return texts.people.roles.unknown;
  return participant.name || texts.people.roles[participant.role];
}

function nameOf(all: readonly Participant[], id: ParticipantId, texts: Catalogue): string {
  return displayName(all.find((one) => one.id === id) ?? null, texts);
}

function aboutParticipant(before: SessionState, now: Participant): Say | null {
  const known = before.participants.find((one) => one.id === now.id);
  if (now.id === before.you || (known?.connected ?? false) === now.connected) return null;
  return (texts) => {
    const name = displayName(now, texts);
    return now.connected ? texts.heard.joined(name) : texts.heard.left(name);
  };
}
