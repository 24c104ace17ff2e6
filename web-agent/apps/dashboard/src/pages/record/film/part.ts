// One part of a kept film, as the server gives it out. All numbers are big-endian; the layout is
// specified in the server's film folder and in docs/media.md.

import {
  type AnchorState,
  type CursorPacket,
  decodeRealtime,
  decodeServerMessage,
  type PosePacket,
} from '@sightline/protocol';

const VERSION = 1;
const FLAG_KEYFRAME = 1;
const HEAD_BYTES = 7;
const FRAME_HEAD_BYTES = 13;
const SAID_HEAD_BYTES = 8;

/** One encoded picture, or one packet of sound. */
export interface FilmFrame {
  /** Milliseconds since the session began. */
  readonly atMs: number;
  /** RTP timestamp, the name that drawings and poses give to this picture; it wraps. */
  readonly frameTime: number;
  /** True when it can be decoded alone. */
  readonly keyframe: boolean;
  /** Quarter turns, clockwise, that make the picture upright. */
  readonly turns: 0 | 1 | 2 | 3;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What came beside the pictures, as it was said then. */
export interface FilmPartContent {
  readonly track: number;
  readonly frames: readonly FilmFrame[];
  readonly poses: readonly PosePacket[];
  readonly cursors: readonly (CursorPacket & { readonly atMs: number })[];
  /** Changes of drawings' states, in order. */
  readonly states: readonly (AnchorState & { readonly saidAtMs: number })[];
}

/** Bytes that are no part of a film. Carries none of them. */
export class FilmPartError extends Error {
  override readonly name = 'FilmPartError';
}

/** @throws {FilmPartError} for bytes that break the layout. */
export function readFilmPart(bytes: ArrayBuffer): FilmPartContent {
  const view = new DataView(bytes);
  let at = 0;
  const take = (length: number): number => {
    if (at + length > bytes.byteLength) throw new FilmPartError('the part ends early');
    at += length;
    return at - length;
  };
  const head = take(HEAD_BYTES);
  const version = view.getUint8(head);
  if (version !== VERSION) throw new FilmPartError(`a part of version ${version}`);
  const track = view.getUint16(head + 1);
  const frames: FilmFrame[] = [];
  for (let left = view.getUint32(head + 3); left > 0; left--) {
    const from = take(FRAME_HEAD_BYTES);
    const flags = view.getUint8(from + 8);
    const length = view.getUint32(from + 9);
    frames.push({
      atMs: view.getUint32(from),
      frameTime: view.getUint32(from + 4),
      keyframe: (flags & FLAG_KEYFRAME) !== 0,
      turns: ((flags >> 1) & 3) as FilmFrame['turns'],
      bytes: new Uint8Array(bytes, take(length), length),
    });
  }
  const content: Heard & FilmPartContent = { track, frames, poses: [], cursors: [], states: [] };
  for (let left = view.getUint32(take(4)); left > 0; left--) {
    const from = take(SAID_HEAD_BYTES);
    const length = view.getUint32(from + 4);
    hear(content, view.getUint32(from), new Uint8Array(bytes, take(length), length));
  }
  return content;
}

interface Heard {
  readonly poses: PosePacket[];
  readonly cursors: (CursorPacket & { readonly atMs: number })[];
  readonly states: (AnchorState & { readonly saidAtMs: number })[];
}

/** Sorts something that was said in. What is not understood is left out: the picture is worth more. */
function hear(into: Heard, atMs: number, said: Uint8Array<ArrayBuffer>): void {
  try {
    if (said[0] === '{'.charCodeAt(0)) {
      const message = decodeServerMessage(new TextDecoder().decode(said));
      if (message.type !== 'anchor_states') return;
      for (const state of message.states) into.states.push({ ...state, saidAtMs: atMs });
      return;
    }
    const packet = decodeRealtime(said);
    if (packet.kind === 'poses') into.poses.push(packet);
    else if (packet.kind === 'cursor') into.cursors.push({ ...packet, atMs });
  } catch {
    // A newer server may keep more than this page knows.
  }
}
