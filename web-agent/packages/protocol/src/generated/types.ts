/* Placeholder until `npm run generate` has read core/protocol/schema.json. */
export type TenantId = `ten_${string}`;
export type UserId = `usr_${string}`;
export type SessionId = `ses_${string}`;
export type ParticipantId = `par_${string}`;
export type SurfaceId = `sur_${string}`;
export type AnnotationId = `ann_${string}`;
export type SnapshotId = `snp_${string}`;
export type InviteId = `inv_${string}`;
export type Role = 'customer' | 'agent' | 'technician' | 'supervisor' | 'recorder' | 'vision';
export type SurfaceKind = 'camera' | 'screen';
export type ConsentScope = 'camera' | 'screen' | 'microphone' | 'snapshot';
export interface ConsentState {
  granted: ConsentScope[];
}
export interface Participant {
  id: ParticipantId;
  number: number;
  role: Role;
  name: string;
  color: number;
  connected: boolean;
  tracks_anchors: boolean;
}
export interface Surface {
  id: SurfaceId;
  number: number;
  kind: SurfaceKind;
  owner: ParticipantId;
  paused: boolean;
  tracker?: ParticipantId | null;
}
export type Shape =
  | { type: 'arrow'; from: [number, number]; to: [number, number] }
  | { type: 'circle'; center: [number, number]; radius: [number, number] }
  | { type: 'freehand'; points: [number, number][] }
  | { type: 'highlight'; points: [number, number][] }
  | { type: 'text'; at: [number, number]; text: string };
export type Attach = 'world' | 'frame';
export interface Annotation {
  id: AnnotationId;
  anchor: number;
  author: ParticipantId;
  surface: SurfaceId;
  frame_time?: number | null;
  attach: Attach;
  shape: Shape;
  width: number;
}
export interface AnnotationEvent {
  seq: number;
  at_ms: number;
  by: ParticipantId;
  client_id: string;
  op: AnnotationOp;
}
export type AnnotationOp =
  | { type: 'added'; annotation: Annotation }
  | { type: 'hidden'; ids: AnnotationId[] }
  | { type: 'shown'; ids: AnnotationId[] };
export type AnchorStatus = 'tracking' | 'uncertain' | 'lost';
export type AnchorReason =
  | 'attached'
  | 'found_again'
  | 'occluded'
  | 'out_of_view'
  | 'blur'
  | 'too_few_texture'
  | 'moved'
  | 'frame_expired'
  | 'no_tracker';
export interface AnchorState {
  anchor: number;
  surface: SurfaceId;
  frame_time: number;
  status: AnchorStatus;
  reason: AnchorReason;
  last_seen?: [number, number] | null;
}
export interface ChatMessage {
  seq: number;
  at_ms: number;
  from: ParticipantId;
  client_id: string;
  text: string;
}
export interface Snapshot {
  id: SnapshotId;
  by: ParticipantId;
  surface: SurfaceId;
  frame_time?: number | null;
  at_ms: number;
  path: string;
}
export type SessionPhase = 'waiting' | 'active' | 'ended';
export interface SessionInfo {
  id: SessionId;
  title: string;
  phase: SessionPhase;
  created_at: string;
  age_ms: number;
  agent_name: string;
  company_name: string;
}
export type QualityLevel = 'good' | 'fair' | 'weak';
export interface Quality {
  rtt_ms: number;
  loss: number;
  fps: number;
}
export type TrackKind = 'audio' | 'video';
export interface PublishedTrack {
  mid: string;
  kind: TrackKind;
  surface?: SurfaceKind | null;
}
export interface ReceivedTrack {
  mid: string;
  from: ParticipantId;
  kind: TrackKind;
  surface?: SurfaceId | null;
}
export type ErrorCode =
  | 'malformed'
  | 'unknown_message'
  | 'out_of_range'
  | 'too_large'
  | 'rate_limited'
  | 'unauthenticated'
  | 'forbidden'
  | 'consent_missing'
  | 'not_found'
  | 'invalid_code'
  | 'session_ended'
  | 'limit_reached'
  | 'version_mismatch'
  | 'media_failed'
  | 'too_many_errors'
  | 'internal';
export type ClientMessage =
  | { type: 'hello'; protocol: number; token: string; tracks_anchors: boolean }
  | { type: 'ping'; nonce: number }
  | { type: 'offer'; number: number; sdp: string; tracks: PublishedTrack[] }
  | { type: 'set_consent'; scope: ConsentScope; granted: boolean }
  | { type: 'request_surface'; kind: SurfaceKind }
  | { type: 'set_paused'; surface: SurfaceId; paused: boolean }
  | { type: 'stop_surface'; surface: SurfaceId }
  | {
      type: 'annotation_add';
      client_id: string;
      surface: SurfaceId;
      frame_time?: number | null;
      attach: Attach;
      shape: Shape;
      width: number;
    }
  | { type: 'annotation_remove'; client_id: string; id: AnnotationId }
  | { type: 'annotation_undo'; client_id: string }
  | { type: 'annotation_redo'; client_id: string }
  | { type: 'annotation_clear'; client_id: string; surface: SurfaceId }
  | { type: 'annotation_sync'; after: number }
  | { type: 'anchor_states'; states: AnchorState[] }
  | { type: 'hold_frame'; surface: SurfaceId; frame_time: number; hold: boolean }
  | { type: 'chat_send'; client_id: string; text: string }
  | { type: 'report_quality'; quality: Quality }
  | { type: 'leave' }
  | { type: 'end_session' };
export interface Welcome {
  protocol: number;
  session: SessionInfo;
  you: ParticipantId;
  participants: Participant[];
  surfaces: Surface[];
  consent: ConsentState;
  annotations: AnnotationEvent[];
  anchors: AnchorState[];
  chat: ChatMessage[];
  snapshots: Snapshot[];
  video_slots: number;
  audio_slots: number;
}
export type ServerMessage =
  | ({ type: 'welcome' } & Welcome)
  | { type: 'pong'; nonce: number; at_ms: number }
  | { type: 'answer'; number: number; sdp: string; tracks: ReceivedTrack[] }
  | { type: 'tracks'; tracks: ReceivedTrack[] }
  | { type: 'media_slots'; video: number; audio: number }
  | { type: 'participant_updated'; participant: Participant }
  | { type: 'consent_changed'; consent: ConsentState }
  | { type: 'surface_requested'; kind: SurfaceKind; by: ParticipantId }
  | { type: 'surface_updated'; surface: Surface }
  | { type: 'surface_removed'; surface: SurfaceId }
  | { type: 'annotation_events'; events: AnnotationEvent[] }
  | { type: 'anchor_states'; states: AnchorState[] }
  | { type: 'hold_frame'; surface: SurfaceId; frame_time: number; hold: boolean; by: ParticipantId }
  | { type: 'chat'; message: ChatMessage }
  | { type: 'snapshot_added'; snapshot: Snapshot }
  | { type: 'quality_changed'; participant: ParticipantId; quality: Quality; level: QualityLevel }
  | { type: 'session_ended'; by?: ParticipantId | null }
  | { type: 'error'; code: ErrorCode; message: string; client_id?: string | null; fatal: boolean };
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  retry_after_s?: number | null;
}
export interface Me {
  id: UserId;
  name: string;
  email: string;
  company_name: string;
}
export interface SessionList {
  sessions: SessionInfo[];
}
export interface CreateSessionRequest {
  title: string;
}
export interface CreateInviteRequest {
  role: Role;
  surface?: SurfaceKind | null;
}
export interface Invite {
  link: string;
  code: string;
  qr_svg: string;
  expires_at: string;
  role: Role;
}
export interface InvitePreview {
  ticket: string;
  company_name: string;
  agent_name: string;
  role: Role;
  surface?: SurfaceKind | null;
}
export interface Joined {
  session: SessionId;
  participant: ParticipantId;
  role: Role;
  token: string;
}
