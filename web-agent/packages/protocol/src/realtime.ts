/**
 * Binary packets of the unordered `realtime` data channel; the layout is specified byte by byte in
 * `core/protocol/src/realtime.rs`. All numbers are big-endian.
 */
import type { AnchorStatus } from './generated/types';

/** Largest number of poses in one packet. */
export const POSES_PER_PACKET = 24;

/** Row-major 3x3 without its last element, which is 1: `frame_from_drawn`, in shares of the frame. */
export type Homography8 = readonly [
  h00: number,
  h01: number,
  h02: number,
  h10: number,
  h11: number,
  h12: number,
  h20: number,
  h21: number,
];

/** Nodes of a bend across and down. */
export const BEND_SIDE = 5;

/**
 * What moves a drawing beyond its homography, where the thing is not flat: shifts at the nodes of a
 * grid over the drawing's box, interpolated linearly in both directions between them.
 */
export interface Bend {
  /** Left, top, right and bottom of the box in shares of the drawn-on frame. */
  readonly over: readonly [left: number, top: number, right: number, bottom: number];
  /** Shares of this frame for each node, row by row. */
  readonly by: readonly (readonly [x: number, y: number])[];
}

/** Where one anchor is in one frame. */
export interface Pose {
  readonly anchor: number;
  readonly status: AnchorStatus;
  /** 0 to 255 for 0 to 1. */
  readonly confidence: number;
  readonly homography: Homography8;
  /** Null where the thing is flat. */
  readonly bend: Bend | null;
}

/** Poses of several anchors in one frame of one surface. */
export interface PosePacket {
  readonly kind: 'poses';
  /** Short number of the surface. */
  readonly surface: number;
  readonly frameTime: number;
  /** Milliseconds that the tracker had the frame before it sent this, 0 to 1020 in steps of 4. */
  readonly ageMs: number;
  readonly poses: readonly Pose[];
}

/** Where somebody points. */
export interface CursorPacket {
  readonly kind: 'cursor';
  /** Short number of the surface. */
  readonly surface: number;
  /** The frame that the author saw; null when unknown. */
  readonly frameTime: number | null;
  /** Short number of the participant; the server writes it. */
  readonly participant: number;
  /** False when the pointer left the surface. */
  readonly visible: boolean;
  /** Share of the frame width, 0 to 1. */
  readonly x: number;
  /** Share of the frame height, 0 to 1. */
  readonly y: number;
}

/** Which frame time belongs to which moment, told to whoever publishes the surface. */
export interface ClockPacket {
  readonly kind: 'clock';
  /** Short number of the surface. */
  readonly surface: number;
  readonly frameTime: number;
  /** That moment on this device's own clock, in milliseconds since 1970. */
  readonly unixMs: number;
}

export type RealtimePacket = PosePacket | CursorPacket | ClockPacket;

const KIND_POSES = 1;
const KIND_CURSOR = 2;
const KIND_CLOCK = 3;
const VERSION = 1;
const VERSION_BENT = 2;
const AGE_UNIT_MS = 4;
const HEADER_BYTES = 9;
const POSE_BYTES = 39;
const BEND_NODES = BEND_SIDE * BEND_SIDE;
const BEND_BYTES = 17 + BEND_NODES * 4;
const BEND_UNITS = 65_536;
const CURSOR_BYTES = 15;
const CLOCK_BYTES = 16;
const STATUSES: readonly AnchorStatus[] = ['tracking', 'uncertain', 'lost', 'fixed'];

/** Bytes that are not a realtime packet. */
export class RealtimeError extends Error {
  override readonly name = 'RealtimeError';
}

/** @throws {RealtimeError} for any bytes that {@link encodeRealtime} cannot have written. */
export function decodeRealtime(bytes: ArrayBuffer | Uint8Array): RealtimePacket {
  const view =
    bytes instanceof Uint8Array
      ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new DataView(bytes);
  if (view.byteLength < 2) {
    throw new RealtimeError(`a packet needs at least 2 bytes, found ${view.byteLength}`);
  }
  const kind = view.getUint8(0);
  if (kind < KIND_POSES || kind > KIND_CLOCK) {
    throw new RealtimeError(`unknown packet kind ${kind}`);
  }
  const version = view.getUint8(1);
  const bent = kind === KIND_POSES && version === VERSION_BENT;
  if (version !== VERSION && !bent) throw new RealtimeError(`unknown packet version ${version}`);
  if (kind === KIND_POSES) return decodePoses(view, bent);
  return kind === KIND_CURSOR ? decodeCursor(view) : decodeClock(view);
}

function expectLength(view: DataView, expected: number): void {
  if (view.byteLength !== expected) {
    throw new RealtimeError(`the packet has ${view.byteLength} bytes, its kind needs ${expected}`);
  }
}

function decodePoses(view: DataView, bent: boolean): PosePacket {
  if (view.byteLength < HEADER_BYTES) expectLength(view, HEADER_BYTES);
  const count = view.getUint8(8);
  if (count < 1 || count > POSES_PER_PACKET) {
    throw new RealtimeError(`${count} poses in one packet, allowed are 1 to ${POSES_PER_PACKET}`);
  }
  const flatBytes = HEADER_BYTES + count * POSE_BYTES;
  const firstBend = bent ? flatBytes + 1 : flatBytes;
  if (view.byteLength < firstBend) expectLength(view, firstBend);
  const bendCount = bent ? view.getUint8(flatBytes) : 0;
  if (bent && (bendCount < 1 || bendCount > count)) {
    throw new RealtimeError(`${bendCount} bends for ${count} poses`);
  }
  expectLength(view, firstBend + bendCount * BEND_BYTES);
  const bends = decodeBends(view, firstBend, bendCount, count);
  const poses: Pose[] = [];
  for (let index = 0; index < count; index++) {
    const at = HEADER_BYTES + index * POSE_BYTES;
    const statusByte = view.getUint8(at + 4);
    const status = STATUSES[statusByte];
    if (status === undefined) throw new RealtimeError(`unknown anchor status ${statusByte}`);
    const number = (element: number): number => {
      const value = view.getFloat32(at + 7 + element * 4);
      if (!Number.isFinite(value)) {
        throw new RealtimeError('a homography with a number that is not finite');
      }
      return value;
    };
    poses.push({
      anchor: view.getUint32(at),
      status,
      confidence: view.getUint8(at + 5),
      homography: [
        number(0),
        number(1),
        number(2),
        number(3),
        number(4),
        number(5),
        number(6),
        number(7),
      ],
      bend: bends.get(index) ?? null,
    });
  }
  const ageMs = view.getUint8(HEADER_BYTES + 6) * AGE_UNIT_MS;
  return { kind: 'poses', surface: view.getUint16(2), frameTime: view.getUint32(4), ageMs, poses };
}

/** The bends from byte `from` on, by the index of their pose. */
function decodeBends(
  view: DataView,
  from: number,
  bendCount: number,
  poseCount: number,
): ReadonlyMap<number, Bend> {
  const bends = new Map<number, Bend>();
  let next = 0;
  for (let k = 0; k < bendCount; k++) {
    const at = from + k * BEND_BYTES;
    const index = view.getUint8(at);
    const side = (element: number): number => view.getFloat32(at + 1 + element * 4);
    const over = [side(0), side(1), side(2), side(3)] as const;
    if (index < next || index >= poseCount || !hasBox(over)) {
      throw new RealtimeError('a bend that fits no pose');
    }
    next = index + 1;
    const by = Array.from({ length: BEND_NODES }, (_, node): readonly [number, number] => {
      const shift = at + 17 + node * 4;
      return [view.getInt16(shift) / BEND_UNITS, view.getInt16(shift + 2) / BEND_UNITS];
    });
    bends.set(index, { over, by });
  }
  return bends;
}

function hasBox([left, top, right, bottom]: Bend['over']): boolean {
  return [left, top, right, bottom].every(Number.isFinite) && left < right && top < bottom;
}

function decodeCursor(view: DataView): CursorPacket {
  expectLength(view, CURSOR_BYTES);
  const flags = view.getUint8(10);
  return {
    kind: 'cursor',
    surface: view.getUint16(2),
    frameTime: (flags & 2) === 0 ? null : view.getUint32(4),
    participant: view.getUint16(8),
    visible: (flags & 1) !== 0,
    x: view.getUint16(11) / 65_535,
    y: view.getUint16(13) / 65_535,
  };
}

function decodeClock(view: DataView): ClockPacket {
  expectLength(view, CLOCK_BYTES);
  return {
    kind: 'clock',
    surface: view.getUint16(2),
    frameTime: view.getUint32(4),
    unixMs: Number(view.getBigUint64(8)) / 1000,
  };
}

/** @throws {RealtimeError} for poses that no receiver would take. */
export function encodeRealtime(packet: RealtimePacket): Uint8Array<ArrayBuffer> {
  if (packet.kind === 'poses') return encodePoses(packet);
  return packet.kind === 'cursor' ? encodeCursor(packet) : encodeClock(packet);
}

function encodePoses(packet: PosePacket): Uint8Array<ArrayBuffer> {
  const count = packet.poses.length;
  if (count < 1 || count > POSES_PER_PACKET) {
    throw new RealtimeError(`${count} poses in one packet, allowed are 1 to ${POSES_PER_PACKET}`);
  }
  const bends = packet.poses.flatMap(({ bend }, index) => (bend === null ? [] : [{ index, bend }]));
  const flatBytes = HEADER_BYTES + count * POSE_BYTES;
  const bent = bends.length > 0;
  const firstBend = bent ? flatBytes + 1 : flatBytes;
  const bytes = new Uint8Array(firstBend + bends.length * BEND_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, KIND_POSES);
  view.setUint8(1, bent ? VERSION_BENT : VERSION);
  view.setUint16(2, packet.surface);
  view.setUint32(4, packet.frameTime);
  view.setUint8(8, count);
  packet.poses.forEach((pose, index) => {
    const at = HEADER_BYTES + index * POSE_BYTES;
    view.setUint32(at, pose.anchor);
    view.setUint8(at + 4, STATUSES.indexOf(pose.status));
    view.setUint8(at + 5, pose.confidence);
    view.setUint8(at + 6, Math.min(255, Math.floor(packet.ageMs / AGE_UNIT_MS)));
    pose.homography.forEach((value, element) => {
      if (!Number.isFinite(value)) {
        throw new RealtimeError('a homography with a number that is not finite');
      }
      view.setFloat32(at + 7 + element * 4, value);
    });
  });
  if (bent) view.setUint8(flatBytes, bends.length);
  bends.forEach(({ index, bend }, k) => {
    encodeBend(view, firstBend + k * BEND_BYTES, index, bend);
  });
  return bytes;
}

function encodeBend(view: DataView, at: number, index: number, { over, by }: Bend): void {
  const units = by.flat().map((shift) => Math.round(shift * BEND_UNITS));
  const fits = units.length === BEND_NODES * 2 && units.every((unit) => Math.abs(unit) <= 32_767);
  if (!fits || !hasBox(over)) throw new RealtimeError('a bend that fits no pose');
  view.setUint8(at, index);
  over.forEach((side, element) => {
    view.setFloat32(at + 1 + element * 4, side);
  });
  units.forEach((unit, element) => {
    view.setInt16(at + 17 + element * 2, unit);
  });
}

function encodeClock(packet: ClockPacket): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(CLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, KIND_CLOCK);
  view.setUint8(1, VERSION);
  view.setUint16(2, packet.surface);
  view.setUint32(4, packet.frameTime);
  view.setBigUint64(8, BigInt(Math.round(packet.unixMs * 1000)));
  return bytes;
}

function share16(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 65_535);
}

function encodeCursor(packet: CursorPacket): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(CURSOR_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, KIND_CURSOR);
  view.setUint8(1, VERSION);
  view.setUint16(2, packet.surface);
  view.setUint32(4, packet.frameTime ?? 0);
  view.setUint16(8, packet.participant);
  view.setUint8(10, (packet.visible ? 1 : 0) | (packet.frameTime === null ? 0 : 2));
  view.setUint16(11, share16(packet.x));
  view.setUint16(13, share16(packet.y));
  return bytes;
}
