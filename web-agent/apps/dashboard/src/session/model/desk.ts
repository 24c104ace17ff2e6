import type { ToolName } from '@sightline/board';
import type {
  ParticipantId,
  ServerMessage,
  SnapshotId,
  SurfaceId,
  SurfaceKind,
} from '@sightline/protocol';
import type { Say } from './announce';

/** The part of the panel that is open. */
export type PanelName = 'people' | 'chat' | 'marks';

/** The one dialog that is open. */
export type DeskDialog = { type: 'end' } | { type: 'keys' } | { type: 'snapshot'; id: SnapshotId };

/** A short message at the foot of the stage. */
export interface Notice {
  readonly id: number;
  readonly kind: 'bad' | 'good';
  readonly say: Say;
}

/** What this agent's desk looks like; everything that others see stands in `SessionState`. */
export interface DeskState {
  readonly you: ParticipantId | null;
  readonly tool: ToolName;
  readonly panel: PanelName;
  /** The chosen surface; the first one while null or gone. */
  readonly surface: SurfaceId | null;
  /** The surface whose picture is frozen, and the frame if it has a name. */
  readonly frozen: { readonly surface: SurfaceId; readonly frameTime: number | null } | null;
  readonly unread: number;
  /** The surface that was asked for and has not come. */
  readonly asked: SurfaceKind | null;
  readonly dialog: DeskDialog | null;
  readonly notice: Notice | null;
  readonly heard: { readonly id: number; readonly say: Say } | null;
  /** When each own mark was sent that has not come back, in milliseconds. */
  readonly sent: ReadonlyMap<string, number>;
  /** How long the last own mark took to come back from the server, in milliseconds. */
  readonly echoMs: number | null;
  /** True while the own microphone is open. */
  readonly microphone: boolean;
  /** Snapshots on their way to the server. */
  readonly saving: number;
  /** Who ended the session; undefined while it goes on, null for the server. */
  readonly endedBy: ParticipantId | null | undefined;
  /** Code of the last refusal, for the page that says why one cannot enter. */
  readonly refusal: string | null;
}

export type DeskAction =
  | { type: 'tool'; tool: ToolName }
  | { type: 'panel'; panel: PanelName }
  | { type: 'surface'; surface: SurfaceId }
  | { type: 'froze'; surface: SurfaceId; frameTime: number | null }
  | { type: 'thawed' }
  | { type: 'asked'; kind: SurfaceKind }
  | { type: 'dialog'; dialog: DeskDialog | null }
  | { type: 'notice'; kind: Notice['kind']; say: Say }
  | { type: 'notice_read'; id: number }
  | { type: 'heard'; say: Say }
  | { type: 'sent'; clientId: string; atMs: number }
  | { type: 'echoed'; clientId: string; atMs: number }
  | { type: 'refused'; clientId: string | null; code: string }
  | { type: 'microphone'; on: boolean }
  | { type: 'saving' }
  | { type: 'saved' }
  | { type: 'message'; message: ServerMessage };

export const initialDesk: DeskState = {
  you: null,
  tool: 'arrow',
  panel: 'people',
  surface: null,
  frozen: null,
  unread: 0,
  asked: null,
  dialog: null,
  notice: null,
  heard: null,
  sent: new Map(),
  echoMs: null,
  microphone: false,
  saving: 0,
  endedBy: undefined,
  refusal: null,
};

/** One step of the desk. Pure: times come with the actions. */
export function reduceDesk(state: DeskState, action: DeskAction): DeskState {
  switch (action.type) {
    case 'tool':
      return { ...state, tool: action.tool };
    case 'panel':
      return { ...state, panel: action.panel, unread: action.panel === 'chat' ? 0 : state.unread };
    case 'surface':
      return { ...state, surface: action.surface };
    case 'froze':
      return { ...state, frozen: { surface: action.surface, frameTime: action.frameTime } };
    case 'thawed':
      return { ...state, frozen: null };
    case 'asked':
      return { ...state, asked: action.kind };
    case 'dialog':
      return { ...state, dialog: action.dialog };
    case 'notice': {
      const id = (state.notice?.id ?? 0) + 1;
      return { ...state, notice: { id, kind: action.kind, say: action.say } };
    }
    case 'notice_read':
      return state.notice?.id === action.id ? { ...state, notice: null } : state;
    case 'heard':
      return { ...state, heard: { id: (state.heard?.id ?? 0) + 1, say: action.say } };
    case 'sent':
      return { ...state, sent: new Map(state.sent).set(action.clientId, action.atMs) };
    case 'echoed': {
      const sentAt = state.sent.get(action.clientId);
      if (sentAt === undefined) return state;
      return { ...forget(state, action.clientId), echoMs: Math.max(0, action.atMs - sentAt) };
    }
    case 'refused': {
      const next = { ...state, refusal: action.code };
      return action.clientId === null ? next : forget(next, action.clientId);
    }
    case 'microphone':
      return { ...state, microphone: action.on };
    case 'saving':
      return { ...state, saving: state.saving + 1 };
    case 'saved':
      return { ...state, saving: Math.max(0, state.saving - 1) };
    case 'message':
      return takeMessage(state, action.message);
  }
}

function takeMessage(state: DeskState, message: ServerMessage): DeskState {
  switch (message.type) {
    case 'welcome':
      // Marks that were under way when the connection broke tell nothing about its delay.
      return { ...state, you: message.you, sent: new Map() };
    case 'chat':
      return message.message.from === state.you || state.panel === 'chat'
        ? state
        : { ...state, unread: state.unread + 1 };
    case 'surface_updated':
      return message.surface.kind === state.asked ? { ...state, asked: null } : state;
    case 'participant_updated':
      return message.participant.role === 'customer' && !message.participant.connected
        ? { ...state, asked: null }
        : state;
    case 'session_ended':
      return { ...state, endedBy: message.by ?? null, dialog: null };
    default:
      return state;
  }
}

function forget(state: DeskState, clientId: string): DeskState {
  if (!state.sent.has(clientId)) return state;
  const sent = new Map(state.sent);
  sent.delete(clientId);
  return { ...state, sent };
}
