import type { ClientMessage, ServerMessage } from '../src';
import type { Environment } from '../src/environment';

/** A WebSocket in the hands of a test. */
export class FakeSocket {
  readyState = 0;
  readonly sent: ClientMessage[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  receive(message: ServerMessage | string): void {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }

  drop(): void {
    this.readyState = 3;
    this.onclose?.({ code: 1006 });
  }

  types(): string[] {
    return this.sent.map(({ type }) => type);
  }
}

class FakeChannel {
  readyState = 'connecting';
  binaryType = 'blob';
  bufferedAmount = 0;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly sent: (string | Uint8Array)[] = [];

  constructor(
    readonly label: string,
    readonly options: RTCDataChannelInit,
  ) {}

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }
}

class FakeSender {
  constructor(public track: unknown) {}
  async replaceTrack(track: unknown): Promise<void> {
    this.track = track;
  }
}

class FakeTransceiver {
  mid: string | null = null;
  readonly receiver: { track: { kind: string; id: string }; jitterBufferTarget: number | null };
  readonly sender: FakeSender;

  constructor(
    kind: string,
    track: unknown,
    public direction: string,
    id: string,
  ) {
    this.receiver = { track: { kind, id }, jitterBufferTarget: null };
    this.sender = new FakeSender(track);
  }
}

/** A peer connection that negotiates at once and connects when the test says so. */
export class FakePeer {
  connectionState = 'new';
  onconnectionstatechange: (() => void) | null = null;
  localDescription: { sdp: string } | null = null;
  remoteDescription: { sdp: string } | null = null;
  readonly channels: FakeChannel[] = [];
  readonly offers: { iceRestart?: boolean }[] = [];
  rollbacks = 0;
  closed = false;
  readonly #transceivers: FakeTransceiver[] = [];

  createDataChannel(label: string, options: RTCDataChannelInit): FakeChannel {
    const channel = new FakeChannel(label, options);
    this.channels.push(channel);
    return channel;
  }

  addTransceiver(
    trackOrKind: string | { kind: string },
    { direction }: { direction: string },
  ): FakeTransceiver {
    const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind;
    const track = typeof trackOrKind === 'string' ? null : trackOrKind;
    const id = `track-${this.#transceivers.length}`;
    const transceiver = new FakeTransceiver(kind, track, direction, id);
    this.#transceivers.push(transceiver);
    return transceiver;
  }

  getTransceivers(): FakeTransceiver[] {
    return this.#transceivers;
  }

  async createOffer(options: { iceRestart?: boolean }): Promise<{ type: string; sdp: string }> {
    this.offers.push(options);
    return { type: 'offer', sdp: `offer ${this.offers.length}` };
  }

  async setLocalDescription(description: { type: string; sdp?: string }): Promise<void> {
    if (description.type === 'rollback') {
      this.rollbacks += 1;
      return;
    }
    this.localDescription = { sdp: description.sdp ?? '' };
    this.#transceivers.forEach((transceiver, index) => {
      transceiver.mid ??= String(index);
    });
  }

  async setRemoteDescription(description: { sdp: string }): Promise<void> {
    if (description.sdp === 'unusable') throw new Error('unusable');
    this.remoteDescription = description;
  }

  async getStats(): Promise<Map<string, unknown>> {
    return new Map();
  }

  close(): void {
    this.closed = true;
  }

  become(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  channel(label: string): FakeChannel {
    const found = this.channels.find((channel) => channel.label === label);
    if (found === undefined) throw new Error(`no channel ${label}`);
    return found;
  }
}

/** Sockets, peer connections and time in the hands of a test. */
export class FakeWorld implements Environment {
  readonly sockets: FakeSocket[] = [];
  readonly peers: FakePeer[] = [];
  #now = 1_000;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];
  #seed = 1;

  openSocket(): WebSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  }

  createPeer(): RTCPeerConnection {
    const peer = new FakePeer();
    this.peers.push(peer);
    return peer as unknown as RTCPeerConnection;
  }

  createStream(track: MediaStreamTrack): MediaStream {
    return { id: `stream of ${track.id}` } as MediaStream;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  now(): number {
    return this.#now;
  }

  random(): number {
    // A linear congruential generator: the same numbers in every run.
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return this.#seed / 2_147_483_648;
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was opened');
    return socket;
  }

  get peer(): FakePeer {
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error('no peer connection was made');
    return peer;
  }

  /** Lets time pass; timers fire in order, and promises settle in between. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const next = this.#timers
        .filter(({ at }) => at <= end)
        .reduce<{ at: number; callback: () => void } | null>(
          (first, timer) => (first === null || timer.at < first.at ? timer : first),
          null,
        );
      if (next === null) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.callback();
      await settle();
    }
    this.#now = end;
  }
}

/** Lets everything that only waits for promises go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
