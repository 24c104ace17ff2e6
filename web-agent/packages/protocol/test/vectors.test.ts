import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeRealtime, decodeServerMessage, encodeRealtime, RealtimeError } from '../src';

const vectors = new URL('../../../../tests/vectors/', import.meta.url);
// biome-ignore lint/suspicious/noExplicitAny: golden vectors are read as plain JSON on purpose.
type Vector = any;
const read = (name: string): Vector[] => JSON.parse(readFileSync(new URL(name, vectors), 'utf8'));

const fromHex = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const toHex = (bytes: Uint8Array) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

describe('server messages', () => {
  const messages = read('server_messages.json');

  it('covers more than ten kinds of message', () => {
    const kinds = new Set(messages.map((message) => message.type));
    expect(kinds.size).toBeGreaterThan(10);
  });

  it.each(messages.map((message): [string, Vector] => [message.type, message]))(
    '%s is read unchanged',
    (_, message) => {
      expect(decodeServerMessage(JSON.stringify(message))).toEqual(message);
    },
  );

  // Every field of `session_ended` may be missing.
  const types = messages.map((message): string => message.type);
  it.each(types.filter((type) => type !== 'session_ended'))(
    '%s without its fields is refused',
    (type) => {
      expect(() => decodeServerMessage(JSON.stringify({ type }))).toThrow('breaks its schema');
    },
  );

  it('a message type of a newer protocol is unknown, not an error', () => {
    expect(decodeServerMessage('{"type":"from_the_future","x":1}')).toMatchObject({
      type: 'unknown',
    });
  });

  it('a role of a newer protocol does not make its message invalid', () => {
    const message = structuredClone(messages.find((entry) => entry.type === 'participant_updated'));
    message.participant.role = 'from_the_future';
    expect(decodeServerMessage(JSON.stringify(message))).toMatchObject({
      participant: { role: 'unknown' },
    });
  });

  it('a shape of a newer protocol keeps its place in the log', () => {
    const message = structuredClone(messages.find((entry) => entry.type === 'annotation_events'));
    const added = message.events.find((event: Vector) => event.op.type === 'added');
    added.op.annotation.shape = { type: 'hologram', at: [0, 0, 0] };
    const decoded = decodeServerMessage(JSON.stringify(message));
    expect(JSON.stringify(decoded)).toContain('"type":"unknown"');
  });

  it.each(['{', '[]', 'null', '7', '{"type":7}', '{}'])('%s is refused', (text) => {
    expect(() => decodeServerMessage(text)).toThrow();
  });

  it('a wrong id kind is refused', () => {
    const text = JSON.stringify({ type: 'surface_removed', surface: 'ses_abcdefgh' });
    expect(() => decodeServerMessage(text)).toThrow();
  });
});

describe('realtime packets', () => {
  const packets = read('realtime.json');

  it.each(packets.map((packet): [string, Vector] => [packet.kind, packet]))(
    '%s is read and written like the vector',
    (_, vector) => {
      const decoded = decodeRealtime(fromHex(vector.hex));
      if (decoded.kind === 'poses') {
        expect(decoded).toEqual({
          kind: 'poses',
          surface: vector.surface,
          frameTime: vector.frame_time,
          ageMs: vector.age_ms,
          poses: vector.poses,
        });
      } else if (decoded.kind === 'clock') {
        expect(decoded).toEqual({
          kind: 'clock',
          surface: vector.surface,
          frameTime: vector.frame_time,
          unixMs: vector.unix_us / 1000,
        });
      } else {
        expect(decoded.x).toBeCloseTo(vector.x / 65_535, 9);
        expect(decoded).toEqual({
          kind: 'cursor',
          surface: vector.surface,
          frameTime: vector.frame_time ?? null,
          participant: vector.participant,
          visible: vector.visible,
          x: vector.x / 65_535,
          y: vector.y / 65_535,
        });
      }
      expect(toHex(encodeRealtime(decoded))).toBe(vector.hex);
    },
  );

  it('every truncation is refused', () => {
    for (const packet of packets) {
      const bytes = fromHex(packet.hex);
      for (let length = 0; length < bytes.length; length++) {
        expect(() => decodeRealtime(bytes.subarray(0, length))).toThrow(RealtimeError);
      }
      expect(() => decodeRealtime(Uint8Array.of(...bytes, 0))).toThrow(RealtimeError);
    }
  });

  it('bends that fit no pose are refused', () => {
    const bent = packets.find((packet) => packet.poses?.some((pose: Vector) => pose.bend !== null));
    const bytes = fromHex(bent.hex);
    const first = 9 + 39 * bent.poses.length + 1;
    const broken = (at: number, value: number[]) => {
      const copy = bytes.slice();
      copy.set(value, at);
      return () => decodeRealtime(copy);
    };
    expect(broken(first, [1]), 'the control: its own index').not.toThrow();
    expect(broken(first - 1, [0]), 'none').toThrow('bends for');
    expect(broken(first - 1, [3]), 'more than poses').toThrow('bends for');
    expect(broken(first, [2])).toThrow('fits no pose');
    expect(broken(first + 1, [0x7f, 0xc0, 0, 0])).toThrow('fits no pose');
    expect(broken(first + 1, [0x3f, 0x80, 0, 0]), 'left of its right side').toThrow('fits no pose');
    const decoded = decodeRealtime(bytes);
    if (decoded.kind !== 'poses') throw new Error('no poses');
    const poses = decoded.poses.map((pose) =>
      pose.bend === null ? pose : { ...pose, bend: { ...pose.bend, by: pose.bend.by.slice(1) } },
    );
    expect(() => encodeRealtime({ ...decoded, poses })).toThrow('fits no pose');
  });

  it('bytes that no sender may write are refused', () => {
    const bytes = fromHex(packets[0]?.hex);
    const broken = (at: number, value: number[]) => {
      const copy = bytes.slice();
      copy.set(value, at);
      return () => decodeRealtime(copy);
    };
    expect(broken(0, [9])).toThrow('kind');
    expect(broken(1, [3])).toThrow('version');
    expect(broken(1, [2]), 'bent poses without a bend').toThrow('bytes');
    expect(broken(8, [0])).toThrow('allowed are 1 to 24');
    expect(broken(13, [4])).toThrow('status');
    expect(broken(16, [0x7f, 0xc0, 0, 0])).toThrow('not finite');
    expect(() =>
      encodeRealtime({ kind: 'poses', surface: 1, frameTime: 1, ageMs: 0, poses: [] }),
    ).toThrow('allowed are 1 to 24');
  });
});
