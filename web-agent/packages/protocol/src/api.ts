import type {
  AcceptRequest,
  ClaimRequest,
  CobrowseSettings,
  CreateInviteRequest,
  CreateSessionRequest,
  ErrorCode,
  Invite,
  InvitePreview,
  Joined,
  Me,
  OneTimeSignInRequest,
  PageRules,
  PreviewRequest,
  SessionId,
  SessionInfo,
  SessionList,
  SessionRecord,
  SignInRequest,
  Snapshot,
  SurfaceId,
} from './generated/types';
import {
  isCobrowseSettings,
  isErrorBody,
  isInvite,
  isInvitePreview,
  isJoined,
  isMe,
  isSessionInfo,
  isSessionList,
  isSessionRecord,
  isSnapshot,
} from './generated/validators.js';

/** `unreachable` without an answer, `unexpected` for one that is not of this protocol. */
export type ApiErrorCode = ErrorCode | 'unreachable' | 'unexpected';

/** A refused or failed HTTP request. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  /** HTTP status, 0 without an answer. */
  readonly status: number;
  /** Seconds to wait, with `rate_limited`. */
  readonly retryAfterS: number | null;

  constructor(code: ApiErrorCode, message: string, status: number, retryAfterS: number | null) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfterS = retryAfterS;
  }
}

type Guard<T> = (value: unknown) => value is T;

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly json?: unknown;
  readonly body?: Blob;
  readonly token?: string | undefined;
}

/**
 * Sends one request.
 *
 * @param base origin such as `https://host`; empty for the page's own
 * @throws {ApiError}
 */
async function call(base: string, path: string, options: Call): Promise<Response> {
  const headers: Record<string, string> = {};
  if (options.json !== undefined) headers['content-type'] = 'application/json';
  if (options.body !== undefined) headers['content-type'] = options.body.type;
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  const body = options.json === undefined ? options.body : JSON.stringify(options.json);
  let response: Response;
  try {
    response = await fetch(base + path, {
      method: options.method ?? 'POST',
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body }),
    });
  } catch {
    throw new ApiError('unreachable', 'the server cannot be reached', 0, null);
  }
  if (response.ok) return response;
  const refusal: unknown = await response.json().catch(() => null);
  if (isErrorBody(refusal)) {
    const { code, message, retry_after_s } = refusal;
    throw new ApiError(code, message, response.status, retry_after_s ?? null);
  }
  throw unexpected(response.status);
}

function unexpected(status: number): ApiError {
  return new ApiError('unexpected', `the answer (${status}) is not of this protocol`, status, null);
}

async function read<T>(response: Response, is: Guard<T>): Promise<T> {
  const value: unknown = await response.json().catch(() => null);
  if (!is(value)) throw unexpected(response.status);
  return value;
}

/** What somebody who was invited needs. Each method throws {@link ApiError}. */
export class JoinApi {
  protected readonly base: string;

  /** @param base origin such as `https://host`; default: the page's own. */
  constructor(base = '') {
    this.base = base;
  }

  /** Who asks, and for what. A code is consumed by this; go on with the ticket of the answer. */
  async preview(invite: { ticket: string } | { code: string }): Promise<InvitePreview> {
    const json: PreviewRequest = invite;
    return read(await call(this.base, '/api/join/preview', { json }), isInvitePreview);
  }

  async accept(ticket: string, name: string): Promise<Joined> {
    const json: AcceptRequest = { ticket, name };
    return read(await call(this.base, '/api/join/accept', { json }), isJoined);
  }
}

/** The whole HTTP API; every answer is validated. Each method throws {@link ApiError}. */
export class Api extends JoinApi {
  async signIn(email: string, password: string): Promise<Me> {
    const json: SignInRequest = { email, password };
    return read(await call(this.base, '/api/auth/sign-in', { json }), isMe);
  }

  async signInOnce(secret: string): Promise<Me> {
    const json: OneTimeSignInRequest = { secret };
    return read(await call(this.base, '/api/auth/one-time', { json }), isMe);
  }

  async signOut(): Promise<void> {
    await call(this.base, '/api/auth/sign-out', {});
  }

  async me(): Promise<Me> {
    return read(await call(this.base, '/api/me', { method: 'GET' }), isMe);
  }

  async sessions(): Promise<SessionList> {
    return read(await call(this.base, '/api/sessions', { method: 'GET' }), isSessionList);
  }

  async cobrowseSettings(): Promise<CobrowseSettings> {
    const answer = await call(this.base, '/api/cobrowse/settings', { method: 'GET' });
    return read(answer, isCobrowseSettings);
  }

  /** Pages that are shared at this moment follow the new rules at once. */
  async saveCobrowseRules(json: PageRules): Promise<CobrowseSettings> {
    const answer = await call(this.base, '/api/cobrowse/settings', { method: 'PUT', json });
    return read(answer, isCobrowseSettings);
  }

  /** What is kept of a session. */
  async sessionRecord(session: SessionId): Promise<SessionRecord> {
    const path = `/api/sessions/${session}/record`;
    return read(await call(this.base, path, { method: 'GET' }), isSessionRecord);
  }

  /** The kept page frames of a session, as the server wrote them. */
  async pageRecording(session: SessionId): Promise<ArrayBuffer> {
    const path = `/api/sessions/${session}/record/page`;
    return (await call(this.base, path, { method: 'GET' })).arrayBuffer();
  }

  /**
   * Parts of a session's film from a number on, each with its length in four bytes before it; fewer
   * where the film ends.
   */
  async filmParts(session: SessionId, first: number, count: number): Promise<ArrayBuffer> {
    const path = `/api/sessions/${session}/record/film/${first}?count=${count}`;
    return (await call(this.base, path, { method: 'GET' })).arrayBuffer();
  }

  async createSession(title: string): Promise<SessionInfo> {
    const json: CreateSessionRequest = { title };
    return read(await call(this.base, '/api/sessions', { json }), isSessionInfo);
  }

  async joinAsAgent(session: SessionId): Promise<Joined> {
    return read(await call(this.base, `/api/sessions/${session}/join`, {}), isJoined);
  }

  async createInvite(session: SessionId, json: CreateInviteRequest): Promise<Invite> {
    return read(await call(this.base, `/api/sessions/${session}/invites`, { json }), isInvite);
  }

  /** Takes the customer into a session whose page shows this code. */
  async claim(session: SessionId, code: string): Promise<void> {
    const json: ClaimRequest = { code };
    await call(this.base, `/api/sessions/${session}/claims`, { json });
  }

  async endSession(session: SessionId): Promise<void> {
    await call(this.base, `/api/sessions/${session}/end`, {});
  }

  /** @param picture PNG or JPEG without drawings, 8 MiB at most */
  async addSnapshot(
    session: SessionId,
    token: string,
    picture: Blob,
    of: { readonly surface: SurfaceId; readonly frameTime: number | null },
  ): Promise<Snapshot> {
    const query = new URLSearchParams({ surface: of.surface });
    if (of.frameTime !== null) query.set('frame_time', String(of.frameTime));
    const path = `/api/sessions/${session}/snapshots?${query}`;
    return read(await call(this.base, path, { body: picture, token }), isSnapshot);
  }

  /** The picture itself, for `URL.createObjectURL`. Without a token the cookie has to do. */
  async snapshotPicture(snapshot: Snapshot, token?: string): Promise<Blob> {
    return (await call(this.base, snapshot.path, { method: 'GET', token })).blob();
  }
}
