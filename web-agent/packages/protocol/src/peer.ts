import type { Environment } from './environment';
import type { ClientMessage, PublishedTrack, SurfaceKind } from './generated/types';
import { type LinkQuality, QualityMeter } from './quality';
import { decodeRealtime, encodeRealtime, type RealtimePacket } from './realtime';
import type { MediaState } from './state';

const ANSWER_WITHIN_MS = 10_000;
/** A short hole in the network heals by itself; a longer one needs an ICE restart. */
const DISCONNECTED_MS = 3_000;
const CONNECT_WITHIN_MS = 12_000;
const QUALITY_EVERY_MS = 2_000;
/** Packets are dropped rather than queued behind a slow network. */
const MAX_REALTIME_BUFFERED_BYTES = 16_384;

/** Something that is sent, on whatever peer connection there is. */
export interface Sending {
  track: MediaStreamTrack;
  readonly kind: 'audio' | 'video';
  readonly surface: SurfaceKind | null;
  /** True while no packet is to be sent, although the section stays. */
  paused: boolean;
  transceiver: RTCRtpTransceiver | null;
}

/** What a {@link Peer} tells its owner. */
export interface PeerHandlers {
  /** False when the offer could not be sent; it is tried again after the next `welcome`. */
  send(message: ClientMessage): boolean;
  media(state: MediaState): void;
  /** A text of the `annotations` channel. */
  text(text: string): void;
  packet(packet: RealtimePacket): void;
  /** Receiving sections were added or now carry something else. */
  tracksChanged(): void;
  quality(quality: LinkQuality): void;
  /** This connection is beyond repair: make a new one. */
  broken(): void;
}

/**
 * One peer connection with the server: this side offers, the server answers, one offer at a time.
 * A broken one is thrown away; the owner makes the next.
 */
export class Peer {
  readonly #env: Environment;
  readonly #handlers: PeerHandlers;
  readonly #pc: RTCPeerConnection;
  readonly #annotations: RTCDataChannel;
  readonly #realtime: RTCDataChannel;
  readonly #meter: QualityMeter;
  readonly #sendings: Sending[] = [];
  readonly #waiters: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  #number: number;
  #offering: 'no' | 'making' | 'waiting' = 'no';
  #wanted = false;
  #restart = false;
  #restarted = false;
  #closed = false;
  #cancelAnswer: () => void = () => {};
  #cancelRepair: () => void = () => {};
  #cancelQuality: () => void = () => {};

  /** @param firstNumber number of the first offer, above all earlier ones of this participant. */
  constructor(
    env: Environment,
    handlers: PeerHandlers,
    slots: { readonly video: number; readonly audio: number },
    firstNumber: number,
  ) {
    this.#env = env;
    this.#handlers = handlers;
    this.#number = firstNumber - 1;
    const pc = env.createPeer();
    this.#pc = pc;
    this.#meter = new QualityMeter(pc, env);
    this.#annotations = pc.createDataChannel('annotations', { ordered: true });
    this.#realtime = pc.createDataChannel('realtime', { ordered: false, maxRetransmits: 0 });
    this.#realtime.binaryType = 'arraybuffer';
    this.#annotations.onmessage = (event) => {
      if (typeof event.data === 'string') handlers.text(event.data);
    };
    this.#realtime.onmessage = (event) => this.#takePacket(event.data);
    pc.onconnectionstatechange = () => this.#connectionChanged();
    this.setSlots(slots);
    handlers.media('connecting');
    this.#watchConnecting();
    this.#measure();
  }

  /** Number of the offer sent last. */
  get number(): number {
    return this.#number;
  }

  /** Receiving track of a section; null before its answer. */
  receiving(mid: string): MediaStreamTrack | null {
    const found = this.#pc.getTransceivers().find((transceiver) => transceiver.mid === mid);
    return found?.receiver.track ?? null;
  }

  /** Makes sure of at least so many receiving sections, then offers when some are new. */
  setSlots(slots: { readonly video: number; readonly audio: number }): void {
    for (const kind of ['video', 'audio'] as const) {
      const have = this.#pc
        .getTransceivers()
        .filter((t) => t.direction === 'recvonly' && t.receiver.track.kind === kind).length;
      for (let index = have; index < slots[kind]; index++) {
        const transceiver = this.#pc.addTransceiver(kind, { direction: 'recvonly' });
        if (kind === 'video') lowestDelay(transceiver.receiver);
        this.#wanted = true;
      }
    }
  }

  /** Sends a track; resolves when the server has taken it, rejects when it refused. */
  add(sending: Sending): Promise<void> {
    this.#attach(sending);
    return this.negotiate();
  }

  /** Stops sending; the section stays and is used again by the next track of this kind. */
  async remove(sending: Sending): Promise<void> {
    const index = this.#sendings.indexOf(sending);
    if (index < 0) return;
    this.#sendings.splice(index, 1);
    const { transceiver } = sending;
    sending.transceiver = null;
    if (transceiver === null) return;
    await transceiver.sender.replaceTrack(null);
    transceiver.direction = 'inactive';
    await this.negotiate().catch(() => {});
  }

  /** Offers as soon as the offer before it is answered. */
  negotiate(): Promise<void> {
    this.#wanted = true;
    const done = new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
    void this.#offer();
    return done;
  }

  async takeAnswer(number: number, sdp: string): Promise<void> {
    if (this.#offering !== 'waiting' || number !== this.#number) return;
    this.#cancelAnswer();
    try {
      await this.#pc.setRemoteDescription({ type: 'answer', sdp });
    } catch (error) {
      console.error('the answer does not fit the offer', error);
      this.#break();
      return;
    }
    this.#offering = 'no';
    this.#handlers.tracksChanged();
    if (this.#wanted) {
      void this.#offer();
    } else {
      for (const waiter of this.#waiters.splice(0)) waiter.resolve();
    }
  }

  /** The server refused the offer: what was new in it is taken back. */
  async takeRefusal(reason: Error): Promise<void> {
    if (this.#offering !== 'waiting') return;
    this.#cancelAnswer();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason);
    if (this.#pc.remoteDescription === null) {
      this.#break();
      return;
    }
    try {
      await this.#pc.setLocalDescription({ type: 'rollback' });
      this.#offering = 'no';
      if (this.#wanted) void this.#offer();
    } catch {
      this.#break();
    }
  }

  get waitsForAnswer(): boolean {
    return this.#offering === 'waiting';
  }

  /** Sends over the `annotations` channel; false when it is not open. */
  sendText(text: string): boolean {
    if (this.#annotations.readyState !== 'open') return false;
    this.#annotations.send(text);
    return true;
  }

  /** Sends over the `realtime` channel, or drops. */
  sendPacket(packet: RealtimePacket): void {
    const channel = this.#realtime;
    if (channel.readyState !== 'open') return;
    if (channel.bufferedAmount > MAX_REALTIME_BUFFERED_BYTES) return;
    channel.send(encodeRealtime(packet));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelAnswer();
    this.#cancelRepair();
    this.#cancelQuality();
    for (const sending of this.#sendings) sending.transceiver = null;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new Error('the connection closed'));
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  #attach(sending: Sending): void {
    const idle = this.#pc
      .getTransceivers()
      .find((t) => t.direction === 'inactive' && t.receiver.track.kind === sending.kind);
    if (idle === undefined) {
      sending.transceiver = this.#pc.addTransceiver(sending.paused ? sending.kind : sending.track, {
        direction: 'sendonly',
        sendEncodings: [sending.kind === 'video' ? { maxBitrate: 2_500_000 } : {}],
      });
    } else {
      idle.direction = 'sendonly';
      void idle.sender.replaceTrack(sending.paused ? null : sending.track);
      sending.transceiver = idle;
    }
    this.#sendings.push(sending);
  }

  async #offer(): Promise<void> {
    if (this.#offering !== 'no' || this.#closed) return;
    this.#offering = 'making';
    this.#wanted = false;
    const iceRestart = this.#restart;
    this.#restart = false;
    try {
      const offer = await this.#pc.createOffer({ iceRestart });
      await this.#pc.setLocalDescription(offer);
    } catch (error) {
      if (!this.#closed) {
        console.error('no offer could be made', error);
        this.#break();
      }
      return;
    }
    if (this.#closed) return;
    this.#number += 1;
    this.#offering = 'waiting';
    const sdp = this.#pc.localDescription?.sdp ?? '';
    const sent = this.#handlers.send({
      type: 'offer',
      number: this.#number,
      sdp,
      tracks: this.#published(),
    });
    // Without a connection there is nothing to wait for: after the next welcome comes a new peer.
    if (sent) this.#cancelAnswer = this.#env.after(ANSWER_WITHIN_MS, () => this.#break());
  }

  #published(): PublishedTrack[] {
    return this.#sendings.flatMap((sending) => {
      const mid = sending.transceiver?.mid ?? null;
      return mid === null ? [] : [{ mid, kind: sending.kind, surface: sending.surface }];
    });
  }

  #takePacket(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return;
    let packet: RealtimePacket;
    try {
      packet = decodeRealtime(data);
    } catch {
      // Nothing on this channel is answered or sent again.
      return;
    }
    this.#handlers.packet(packet);
  }

  #connectionChanged(): void {
    switch (this.#pc.connectionState) {
      case 'connected':
        this.#cancelRepair();
        this.#restarted = false;
        this.#handlers.media('connected');
        return;
      case 'disconnected':
        this.#handlers.media('connecting');
        this.#cancelRepair();
        this.#cancelRepair = this.#env.after(DISCONNECTED_MS, () => this.#repair());
        return;
      case 'failed':
        this.#cancelRepair();
        this.#repair();
        return;
      default:
        return;
    }
  }

  /** First an ICE restart, then a new connection. */
  #repair(): void {
    if (this.#closed) return;
    if (this.#restarted) {
      this.#break();
      return;
    }
    this.#restarted = true;
    this.#restart = true;
    this.#handlers.media('connecting');
    void this.negotiate().catch(() => {});
    this.#watchConnecting();
  }

  #watchConnecting(): void {
    this.#cancelRepair = this.#env.after(CONNECT_WITHIN_MS, () => {
      if (this.#pc.connectionState !== 'connected') this.#break();
    });
  }

  #break(): void {
    if (this.#closed) return;
    this.close();
    this.#handlers.media('failed');
    this.#handlers.broken();
  }

  #measure(): void {
    this.#cancelQuality = this.#env.after(QUALITY_EVERY_MS, () => {
      void this.#meter.measure().then((quality) => {
        if (this.#closed) return;
        if (quality !== null) this.#handlers.quality(quality);
        this.#measure();
      });
    });
  }
}

/** Asks for frames as soon as they are complete; a browser without the attribute ignores it. */
function lowestDelay(receiver: RTCRtpReceiver): void {
  if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0;
}
