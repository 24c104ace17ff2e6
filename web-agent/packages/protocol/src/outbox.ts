import type { ClientMessage } from './generated/types';
import type { PendingAnnotation } from './state';

/** More open requests than this mean that the connection has been down for long. */
const MAX_OPEN = 200;

type WithClientId = ClientMessage & { readonly client_id: string };

/** A request without its `client_id`. */
export type Request = WithClientId extends infer Message
  ? Message extends WithClientId
    ? Omit<Message, 'client_id'>
    : never
  : never;

/** Requests that the server has not confirmed yet, in order, to be sent again after a reconnect. */
export class Outbox {
  readonly #open = new Map<string, WithClientId>();
  /** Steps of the log among them that went over the socket. */
  readonly #overSocket = new Set<string>();
  #annotations: readonly PendingAnnotation[] = [];

  /** False when too many are open. */
  add(message: WithClientId): boolean {
    if (this.#open.size >= MAX_OPEN) return false;
    this.#open.set(message.client_id, message);
    this.#changed();
    return true;
  }

  /** This step of the log went, or will go, over the socket: those after it must not overtake it. */
  goesOverSocket(clientId: string): void {
    if (this.#open.has(clientId)) this.#overSocket.add(clientId);
  }

  /** True while nothing is under way on the socket that a step on the data channel could overtake. */
  get mayGoOverChannel(): boolean {
    return this.#overSocket.size === 0;
  }

  /** The request was carried out or refused. */
  settle(clientId: string): void {
    this.#overSocket.delete(clientId);
    if (this.#open.delete(clientId)) this.#changed();
  }

  get messages(): readonly WithClientId[] {
    return [...this.#open.values()];
  }

  /** The drawings among them; the same array until something changes. */
  get annotations(): readonly PendingAnnotation[] {
    return this.#annotations;
  }

  #changed(): void {
    const annotations: PendingAnnotation[] = [];
    for (const message of this.#open.values()) {
      if (message.type !== 'annotation_add') continue;
      const { client_id, surface, frame_time, attach, shape, width } = message;
      const frameTime = frame_time ?? null;
      annotations.push({ clientId: client_id, surface, frameTime, attach, shape, width });
    }
    this.#annotations = annotations;
  }
}
