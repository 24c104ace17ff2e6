import { type Direction, directionTo } from '@sightline/board';
import type {
  AnchorReason,
  AnchorState,
  AnchorStatus,
  Annotation,
  Participant,
  ParticipantId,
  ParticipantQuality,
  SessionState,
  Surface,
  SurfaceId,
} from '@sightline/protocol';

/** The customer: the connected one, else the last who was here. */
export function customerOf(participants: readonly Participant[]): Participant | null {
  const customers = participants.filter((one) => one.role === 'customer');
  return customers.find((one) => one.connected) ?? customers.at(-1) ?? null;
}

/** A participant by id. */
export function participantOf(
  participants: readonly Participant[],
  id: ParticipantId | null,
): Participant | null {
  return participants.find((one) => one.id === id) ?? null;
}

/**
 * The surfaces to choose from. What a customer left behind who went away gives way to another one
 * who is here.
 */
export function surfacesToShow(session: Shown): readonly Surface[] {
  const { participants, surfaces } = session;
  if (customerOf(participants)?.connected !== true) return surfaces;
  const gone = surfaces.filter((one) => !isHere(participants, one.owner));
  return gone.length === 0 ? surfaces : surfaces.filter((one) => !gone.includes(one));
}

/** The surface to look at: the chosen one while it is there, else the first. */
export function surfaceToShow(session: Shown, chosen: SurfaceId | null): Surface | null {
  const surfaces = surfacesToShow(session);
  return surfaces.find((surface) => surface.id === chosen) ?? surfaces[0] ?? null;
}

type Shown = Pick<SessionState, 'participants' | 'surfaces'>;

/** False only for somebody who is known to be away. */
function isHere(participants: readonly Participant[], id: ParticipantId): boolean {
  return participantOf(participants, id)?.connected !== false;
}

/** What an agent can ask a customer for now, best first. */
export function surfacesToAskFor(session: Shown): readonly ('page' | 'camera' | 'screen')[] {
  const here = session.participants.filter((one) => one.role === 'customer' && one.connected);
  const shown = surfacesToShow(session);
  const onPage = here.some((one) => one.on_page === true);
  const elsewhere = here.some((one) => one.on_page !== true);
  const possible: readonly ('page' | 'camera' | 'screen')[] = [
    ...(onPage ? (['page'] as const) : []),
    // Somebody on a web page is asked to come with the phone.
    'camera',
    ...(elsewhere || !onPage ? (['screen'] as const) : []),
  ];
  return possible.filter((kind) => !shown.some((one) => one.kind === kind));
}

/** What stands on the stage; exactly one at a time. */
export type StageView =
  | 'connecting'
  /** No customer was here yet. */
  | 'waiting'
  /** The customer was here and is not connected. */
  | 'away'
  /** The customer is here and shares nothing. */
  | 'here'
  /** A surface is shared, its picture has not arrived. */
  | 'opening'
  | 'paused'
  /** A web page; it comes by another way than pictures. */
  | 'page'
  | 'live';

/** Chooses the view of a session for a surface. */
export function stageView(session: SessionState, surface: Surface | null): StageView {
  if (session.session === null) return 'connecting';
  const customer = customerOf(session.participants);
  if (surface === null) {
    if (customer === null) return 'waiting';
    return customer.connected ? 'here' : 'away';
  }
  if (surface.paused) return 'paused';
  const owner = participantOf(session.participants, surface.owner);
  if (owner !== null && !owner.connected) return 'away';
  if (surface.kind === 'page') return 'page';
  const arrives = session.tracks.some(
    (track) => track.kind === 'video' && track.surface === surface.id,
  );
  return arrives ? 'live' : 'opening';
}

/** The status that is shown beside a mark. */
export type MarkStatus = AnchorStatus | 'attaching';

/** Status of a drawing and why. */
export interface MarkState {
  readonly status: MarkStatus;
  /** Null while nobody has said anything about it. */
  readonly reason: AnchorReason | null;
  /** Which way out of the picture it went; null while it is inside or not known. */
  readonly direction: Direction | null;
  /** When it became so, in milliseconds since the session began; null when not known. */
  readonly sinceMs: number | null;
}

/** Shares of the frame, as a rectangle. */
const FRAME = { left: 0, top: 0, right: 1, bottom: 1 };

/** What is known about a drawing. */
export function markState(
  annotation: Annotation,
  anchors: ReadonlyMap<number, AnchorState>,
): MarkState {
  const unknown = { reason: null, direction: null, sinceMs: null };
  if (annotation.attach === 'frame') return { ...unknown, status: 'fixed' };
  const anchor = anchors.get(annotation.anchor);
  if (anchor === undefined) return { ...unknown, status: 'attaching' };
  const { status, reason, last_seen, at_ms } = anchor;
  const lost = status === 'lost' && last_seen !== null && last_seen !== undefined;
  const direction = lost ? directionTo(FRAME, last_seen) : null;
  return { status, reason, direction, sinceMs: at_ms ?? null };
}

/**
 * Milliseconds until a mark reaches the customer's device: half the way there and back of one's own
 * last mark (before the first: of a ping), plus half the customer's round trip. Null while either
 * is not measured.
 */
export function deliveryMs(
  ownRttMs: number | null,
  echoMs: number | null,
  customer: ParticipantQuality | null,
): number | null {
  const own = echoMs ?? ownRttMs;
  if (own === null || customer === null) return null;
  return Math.round(own / 2 + customer.quality.rtt_ms / 2);
}
