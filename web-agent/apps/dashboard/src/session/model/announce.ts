import type {
  Participant,
  ParticipantId,
  Saving,
  ServerMessage,
  SessionState,
} from '@sightline/protocol';
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
        // Somebody cleared what was clear.
        if (count === 0) return null;
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
      const saving = aboutSaving(before, message.participant, message.quality.saving ?? null);
      if (saving !== null) return saving;
      const known = before.quality.get(message.participant)?.level;
      if (known === message.level || (known === undefined && message.level === 'good')) return null;
      return (texts) =>
        texts.heard.quality(named(message.participant, texts), texts.quality[message.level]);
    }
    case 'surface_updated': {
      const { id, kind, paused } = message.surface;
      const known = before.surfaces.find((surface) => surface.id === id);
      if (known === undefined) return (texts) => texts.heard.surface(surfaceName(kind, texts));
      if (known.paused !== paused) {
        return (texts) => (paused ? texts.heard.paused : texts.heard.continued);
      }
      const parts = message.surface.hidden_parts ?? 0;
      if ((known.hidden_parts ?? 0) === parts) return null;
      return (texts) =>
        parts === 0 ? texts.heard.hiddenOver : texts.heard.hidden(hiddenName(parts, texts));
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

/** Stands for the number of hidden parts when the whole picture is hidden. */
const HIDDEN_ALL = 255;

/** How much of a picture the customer hides, in words. */
export function hiddenName(parts: number, texts: Catalogue): string {
  return parts === HIDDEN_ALL ? texts.stage.hiddenAll : texts.stage.hiddenParts(parts);
}

/** A device that saves heat or battery looks worse without its connection being to blame. */
function aboutSaving(before: SessionState, who: ParticipantId, now: Saving | null): Say | null {
  const known = before.quality.get(who)?.quality.saving ?? null;
  if (known === now) return null;
  return (texts) => {
    const name = nameOf(before.participants, who, texts);
    return now === null
      ? texts.heard.savingOver(name)
      : texts.heard.saving(name, texts.quality.saving[now]);
  };
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
