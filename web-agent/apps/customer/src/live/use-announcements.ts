import type { Annotation, AnnotationEvent, SessionClient } from '@sightline/protocol';
import { useEffect } from 'preact/hooks';
import type { Translate } from '../i18n';
import { useAnnounce, useText } from '../ui/hooks';
import { peopleOf, qualityOf } from './people';

/** The sentence for a step of the annotation log; null for one that needs none. */
export function annotationSentence(
  text: Translate,
  event: AnnotationEvent,
  name: string,
): string | null {
  switch (event.op.type) {
    case 'added':
      return drewSentence(text, event.op.annotation, name);
    case 'hidden':
      return event.op.ids.length === 0 ? null : text('removed_drawing', { name });
    default:
      return null;
  }
}

function drewSentence(text: Translate, { shape }: Annotation, name: string): string {
  switch (shape.type) {
    case 'arrow':
      return text('drew_arrow', { name });
    case 'circle':
      return text('drew_circle', { name });
    case 'freehand':
      return text('drew_freehand', { name });
    case 'highlight':
      return text('drew_highlight', { name });
    case 'text':
      return text('drew_text', { name, text: shape.text });
    default:
      return text('drew_other', { name });
  }
}

/** Tells screen readers what the others do and how the connection is. */
export function useAnnouncements(client: SessionClient | null): void {
  const text = useText();
  const announcer = useAnnounce();
  useEffect(() => {
    if (client === null) return;
    const nameOf = (id: string) =>
      client.state.participants.find((known) => known.id === id)?.name ?? '';
    let connected = new Set(
      peopleOf(client.state)
        .filter((person) => person.connected)
        .map((person) => person.id),
    );
    let quality = qualityOf(client.state);
    const stops = [
      client.on('annotation', (event) => {
        const sentence = annotationSentence(text, event, nameOf(event.by));
        if (sentence !== null && event.by !== client.state.you) announcer.say(sentence);
      }),
      client.on('message', (message) => {
        if (message.type === 'chat' && message.message.from !== client.state.you) {
          const name = nameOf(message.message.from);
          announcer.say(text('said', { name, text: message.message.text }));
        } else if (message.type === 'anchor_states') {
          if (message.states.some((one) => one.status === 'fixed')) {
            announcer.say(text('drawing_fixed'));
          }
        } else if (message.type === 'snapshot_added') {
          announcer.say(text('took_picture', { name: nameOf(message.snapshot.by) }));
        } else if (message.type === 'participant_updated') {
          const here = peopleOf(client.state).filter((person) => person.connected);
          const now = new Set(here.map((person) => person.id));
          const { id, name } = message.participant;
          if (now.has(id) && !connected.has(id)) announcer.say(text('joined', { name }));
          if (!now.has(id) && connected.has(id)) announcer.say(text('left', { name }));
          connected = now;
        }
      }),
      client.on('state', (state) => {
        const next = qualityOf(state);
        if (next === quality) return;
        if (next === 'weak') announcer.say(text('announce_weak'));
        if (quality === 'weak' && next === 'good') announcer.say(text('announce_back'));
        quality = next;
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [client, text, announcer]);
}
