import type { ServerMessage } from './generated/types';
import { isServerMessage } from './generated/validators.js';

/** Text from the server that is not a message of this protocol. Carries none of the text. */
export class InvalidMessageError extends Error {
  override readonly name = 'InvalidMessageError';
}

/**
 * Reads one message. Message types, shapes and enumeration values of a newer protocol come out as
 * `unknown`, to be ignored.
 *
 * @throws {InvalidMessageError} when the text is not JSON, or a known message breaks its schema.
 */
export function decodeServerMessage(text: string): ServerMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidMessageError('the text is not JSON');
  }
  if (!isServerMessage(value)) {
    const type =
      typeof value === 'object' && value !== null && 'type' in value ? String(value.type) : 'none';
    throw new InvalidMessageError(`a message of type ${type.slice(0, 40)} breaks its schema`);
  }
  return value;
}
