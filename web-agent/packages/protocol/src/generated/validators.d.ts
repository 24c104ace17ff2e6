// Generated from core/protocol/schema.json by `npm run generate`. Do not edit.
import type { ErrorBody, Invite, InvitePreview, Joined, Me, ServerMessage, SessionInfo, SessionList, CobrowseSettings, SessionRecord, Snapshot } from './types';

export function isErrorBody(value: unknown): value is ErrorBody;
export function isInvite(value: unknown): value is Invite;
export function isInvitePreview(value: unknown): value is InvitePreview;
export function isJoined(value: unknown): value is Joined;
export function isMe(value: unknown): value is Me;
export function isServerMessage(value: unknown): value is ServerMessage;
export function isSessionInfo(value: unknown): value is SessionInfo;
export function isSessionList(value: unknown): value is SessionList;
export function isCobrowseSettings(value: unknown): value is CobrowseSettings;
export function isSessionRecord(value: unknown): value is SessionRecord;
export function isSnapshot(value: unknown): value is Snapshot;
