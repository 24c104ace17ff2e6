import type { Environment } from './environment';
import type {
  ClientMessage,
  Quality,
  ReceivedTrack,
  ServerMessage,
  SurfaceKind,
} from './generated/types';
import { Peer, type Sending } from './peer';
import { type Publication, publicationOf } from './publication';
import type { CursorPacket, RealtimePacket } from './realtime';
import type { MediaState, RemoteTrack } from './state';

/** Live pointers are sent at most this often. */
const CURSOR_EVERY_MS = 33;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

/** A live pointer without its author, which the server writes. */
export type OwnCursor = Omit<CursorPacket, 'kind' | 'participant'>;

/** What a {@link MediaLink} tells its owner. */
export interface MediaHandlers {
  /** False when the message was dropped because the signalling is down. */
  send(message: ClientMessage): boolean;
  media(state: MediaState): void;
  tracks(tracks: readonly RemoteTrack[]): void;
  /** A text of the `annotations` channel. */
  text(text: string): void;
  packet(packet: RealtimePacket): void;
  quality(quality: Quality): void;
  /** A connection broke: what was sent over its channels may be lost. */
  broken(): void;
}

/**
 * Everything that is sent and received besides signalling, over one peer connection after the other:
 * a broken one is replaced, and what is published goes on over the next.
 */
export class MediaLink {
  readonly #env: Environment;
  readonly #handlers: MediaHandlers;
  readonly #sendings: Sending[] = [];
  readonly #streams = new Map<MediaStreamTrack, MediaStream>();
  #peer: Peer | null = null;
  #failures = 0;
  #offerNumber = 0;
  #slots = { video: 1, audio: 1 };
  #received: readonly ReceivedTrack[] = [];
  #cursor: OwnCursor | null = null;
  #cancelCursor: (() => void) | null = null;
  #cancelReopen: () => void = () => {};

  constructor(env: Environment, handlers: MediaHandlers) {
    this.#env = env;
    this.#handlers = handlers;
  }

  get isOpen(): boolean {
    return this.#peer !== null;
  }

  /**
   * Makes a new connection with everything that is published.
   *
   * @throws when the server refuses it
   */
  async open(): Promise<void> {
    this.close();
    const peer = new Peer(
      this.#env,
      {
        send: (message) => this.#handlers.send(message),
        media: (media) => {
          if (media === 'connected') this.#failures = 0;
          this.#handlers.media(media);
        },
        text: (text) => this.#handlers.text(text),
        packet: (packet) => this.#handlers.packet(packet),
        tracksChanged: () => this.#tracksChanged(),
        quality: (quality) => this.#handlers.quality(quality),
        broken: () => this.#broke(),
      },
      this.#slots,
      this.#offerNumber + 1,
    );
    this.#peer = peer;
    const taken = this.#sendings.map((sending) => peer.add(sending));
    await Promise.all(taken.length > 0 ? taken : [peer.negotiate()]);
  }

  /** Closes the connection; what is published stays for the next one. */
  close(): void {
    this.#cancelReopen();
    const peer = this.#peer;
    if (peer === null) return;
    this.#offerNumber = Math.max(this.#offerNumber, peer.number);
    this.#peer = null;
    peer.close();
    this.#received = [];
    this.#tracksChanged();
  }

  /** Closes and forgets everything, and stops the tracks that were sent. */
  end(): void {
    this.close();
    this.#cancelCursor?.();
    this.#cancelCursor = null;
    for (const sending of this.#sendings.splice(0)) sending.track.stop();
  }

  /** Receiving sections for the next connection. */
  prepareSlots(video: number, audio: number): void {
    this.#slots = { video, audio };
  }

  /** The server has more to send. */
  setSlots(video: number, audio: number): void {
    this.prepareSlots(video, audio);
    this.#peer?.setSlots(this.#slots);
    this.#peer?.negotiate().catch(() => {});
  }

  /**
   * Sends a track until the publication is stopped.
   *
   * @param open false while there is no signalling: the next connection takes the track along
   * @throws when the server refuses it or the connection is lost before it answered
   */
  async publish(
    track: MediaStreamTrack,
    surface: SurfaceKind | null,
    open: boolean,
  ): Promise<Publication> {
    const kind = track.kind === 'audio' ? 'audio' : 'video';
    const sending: Sending = { track, kind, surface, paused: false, transceiver: null };
    this.#sendings.push(sending);
    const remove = async () => {
      const index = this.#sendings.indexOf(sending);
      if (index >= 0) this.#sendings.splice(index, 1);
      await this.#peer?.remove(sending);
    };
    try {
      if (this.#peer !== null) await this.#peer.add(sending);
      else if (open) await this.open();
    } catch (error) {
      await remove();
      throw error;
    }
    return publicationOf(sending, remove);
  }

  takeAnswer(answer: ServerMessage & { type: 'answer' }): void {
    this.#received = answer.tracks;
    void this.#peer?.takeAnswer(answer.number, answer.sdp);
  }

  takeTracks(tracks: readonly ReceivedTrack[]): void {
    this.#received = tracks;
    this.#tracksChanged();
  }

  /** The server refused something that names no request; it may have been the offer. */
  takeRefusal(reason: Error): void {
    if (this.#peer?.waitsForAnswer === true) void this.#peer.takeRefusal(reason);
  }

  /** Sends over the `annotations` channel; false when it is not open. */
  sendText(text: string): boolean {
    return this.#peer?.sendText(text) === true;
  }

  /** Sends the live pointer, the newest at most 30 times a second. */
  sendCursor(cursor: OwnCursor): void {
    this.#cursor = cursor;
    if (this.#cancelCursor !== null) return;
    const flush = () => {
      const next = this.#cursor;
      this.#cursor = null;
      this.#cancelCursor = next === null ? null : this.#env.after(CURSOR_EVERY_MS, flush);
      if (next !== null) this.#peer?.sendPacket({ ...next, kind: 'cursor', participant: 0 });
    };
    flush();
  }

  #broke(): void {
    this.close();
    this.#handlers.broken();
    // Where UDP is blocked each new connection fails too, so the pauses grow.
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#cancelReopen = this.#env.after(wait, () => {
      this.open().catch(() => {});
    });
  }

  #tracksChanged(): void {
    const tracks: RemoteTrack[] = [];
    for (const { mid, from, kind, surface } of this.#received) {
      const track = this.#peer?.receiving(mid) ?? null;
      if (track === null) continue;
      let stream = this.#streams.get(track);
      if (stream === undefined) {
        stream = this.#env.createStream(track);
        this.#streams.set(track, stream);
      }
      tracks.push({ mid, from, kind, surface: surface ?? null, track, stream });
    }
    for (const known of [...this.#streams.keys()]) {
      if (!tracks.some((entry) => entry.track === known)) this.#streams.delete(known);
    }
    this.#handlers.tracks(tracks);
  }
}
