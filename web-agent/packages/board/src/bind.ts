import type { SessionClient, SessionState, SurfaceId } from '@sightline/protocol';
import { authorColor } from './colors';
import type { Overlay } from './overlay';
import type { AuthorLook } from './scene';

/**
 * Feeds an overlay from a session until the returned function is called: annotations, anchor states,
 * poses and pointers of one surface.
 */
export function bindOverlay(
  overlay: Overlay,
  client: SessionClient,
  surface: SurfaceId,
): () => void {
  let before: SessionState | null = null;
  const take = (state: SessionState) => {
    if (state.surfaces !== before?.surfaces) {
      overlay.setSurface(state.surfaces.find((known) => known.id === surface) ?? null);
    }
    if (state.annotations !== before?.annotations) overlay.setAnnotations(state.annotations);
    if (state.pending !== before?.pending) overlay.setPending(state.pending);
    if (state.anchors !== before?.anchors) overlay.setAnchorStates(state.anchors);
    before = state;
  };
  take(client.state);
  const stops = [
    client.on('state', take),
    client.on('poses', (packet) => overlay.takePoses(packet)),
    client.on('cursor', (packet) => overlay.takeCursor(packet)),
    client.on('clock', (packet) => overlay.takeClock(packet)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** The looks that {@link Overlay} asks for, out of the session's list of participants. */
export function looksOf(client: SessionClient): {
  author: (id: string) => AuthorLook;
  pointerAuthor: (participantNumber: number) => AuthorLook | null;
  ownLook: () => AuthorLook;
} {
  const look = (participant: { name: string; color: number } | undefined): AuthorLook => ({
    name: participant?.name ?? '',
    color: authorColor(participant?.color ?? 0),
  });
  const find = (id: string | null) => client.state.participants.find((known) => known.id === id);
  return {
    author: (id) => look(find(id)),
    pointerAuthor: (number) => {
      const found = client.state.participants.find((known) => known.number === number);
      return found === undefined || found.id === client.state.you ? null : look(found);
    },
    ownLook: () => look(find(client.state.you)),
  };
}
