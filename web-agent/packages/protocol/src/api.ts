import type {
  CreateInviteRequest,
  ErrorCode,
  Invite,
  InvitePreview,
  Joined,
  Me,
  SessionId,
  SessionInfo,
  SessionList,
  Snapshot,
  SurfaceId,
} from './generated/types';

/** A refused or failed HTTP request. */
export declare class ApiError extends Error {
  /** The server's code; `unreachable` without an answer, `unexpected` for one that is not ours. */
  readonly code: ErrorCode | 'unreachable' | 'unexpected';
  /** HTTP status, 0 without an answer. */
  readonly status: number;
  readonly retryAfterS: number | null;
}

/** The HTTP API; every answer is validated. Each method throws {@link ApiError}. */
export declare class Api {
  /** @param base origin such as `https://host`; default: the page's own. */
  constructor(base?: string);
  signIn(email: string, password: string): Promise<Me>;
  signInOnce(secret: string): Promise<Me>;
  signOut(): Promise<void>;
  me(): Promise<Me>;
  sessions(): Promise<SessionList>;
  createSession(title: string): Promise<SessionInfo>;
  joinAsAgent(session: SessionId): Promise<Joined>;
  createInvite(session: SessionId, request: CreateInviteRequest): Promise<Invite>;
  endSession(session: SessionId): Promise<void>;
  preview(invite: { ticket: string } | { code: string }): Promise<InvitePreview>;
  accept(ticket: string, name: string): Promise<Joined>;
  addSnapshot(
    session: SessionId,
    token: string,
    picture: Blob,
    of: { readonly surface: SurfaceId; readonly frameTime: number | null },
  ): Promise<Snapshot>;
  /** The picture itself, as a blob for `URL.createObjectURL`. */
  snapshotPicture(snapshot: Snapshot, token?: string): Promise<Blob>;
}
