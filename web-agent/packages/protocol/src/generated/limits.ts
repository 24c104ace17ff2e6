// Generated from core/protocol/schema.json by `npm run generate`. Do not edit.
export const PROTOCOL_VERSION = 1;
export const LIMITS = {
  "chat_chars": 2000,
  "label_chars": 200,
  "message_bytes": 131072,
  "name_chars": 80,
  "poses_per_packet": 24,
  "snapshot_bytes": 8388608,
  "stroke_points": 1024,
  "title_chars": 120
} as const;
