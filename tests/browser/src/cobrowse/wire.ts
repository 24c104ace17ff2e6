import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket, type Server as TcpServer } from 'node:net';
import { Sent } from './tap';

/**
 * Caught on the wire: a proxy in front of the server, for browsers whose debugger does not tell what
 * they send. Requests are kept as they are, WebSocket messages (RFC 6455) unmasked and joined.
 */
export class Wire extends Sent {
  readonly #open = new Set<Socket>();
  /** Bytes of binary messages of the connection that was opened last. */
  binary = 0;

  private constructor(
    private readonly listener: TcpServer,
    /** Where the browser reaches the server. */
    readonly origin: string,
  ) {
    super();
  }

  static async start(server: string): Promise<Wire> {
    const { hostname, port } = new URL(server);
    const listener = createServer((client) => wire.#pass(client, hostname, Number(port)));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const at = (listener.address() as AddressInfo).port;
    // Another name than the sites have: browsers send cookies of a site to every port of its host.
    const wire: Wire = new Wire(listener, `http://localhost:${at}`);
    return wire;
  }

  #pass(client: Socket, host: string, port: number): void {
    const server = connect(port, host);
    const out = new Messages((bytes) => this.sent.push(bytes));
    const back = new Messages(() => undefined);
    out.message = (bytes, binary) => {
      this.sent.push(bytes);
      if (binary) this.binary += bytes.length;
    };
    out.upgraded = () => {
      this.binary = 0;
    };
    back.message = (bytes, binary) => {
      if (!binary) this.said(bytes.toString('utf8'));
    };
    for (const [from, to, messages] of [
      [client, server, out],
      [server, client, back],
    ] as const) {
      this.#open.add(from);
      from.on('data', (chunk: Buffer) => {
        messages.take(chunk);
        to.write(chunk);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#open.delete(from);
        to.destroy();
      });
    }
  }

  async stop(): Promise<void> {
    for (const each of this.#open) each.destroy();
    await new Promise((resolve) => this.listener.close(resolve));
  }
}

/** One direction of a connection: HTTP heads at first, WebSocket frames after an upgrade. */
class Messages {
  message: (bytes: Buffer, binary: boolean) => void = () => undefined;
  upgraded: () => void = () => undefined;
  readonly #raw: (bytes: Buffer) => void;
  #rest = Buffer.alloc(0);
  #frames = false;
  #parts: Buffer[] = [];
  #binary = false;

  constructor(raw: (bytes: Buffer) => void) {
    this.#raw = raw;
  }

  take(chunk: Buffer): void {
    if (!this.#frames) {
      this.#raw(chunk);
      this.#rest = Buffer.concat([this.#rest, chunk]);
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const isUpgrade = /^upgrade:\s*websocket/im.test(
        this.#rest.subarray(0, end).toString('latin1'),
      );
      this.#rest = isUpgrade ? this.#rest.subarray(end + 4) : Buffer.alloc(0);
      if (!isUpgrade) return;
      this.#frames = true;
      this.upgraded();
    } else this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#one());
  }

  /** Takes one frame off, when it is there whole. */
  #one(): boolean {
    const rest = this.#rest;
    if (rest.length < 2) return false;
    const [first = 0, second = 0] = rest;
    let length = second & 127;
    let at = 2;
    if (length >= 126) {
      const size = length === 126 ? 2 : 8;
      if (rest.length < at + size) return false;
      length = size === 2 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
      at += size;
    }
    const mask = (second & 128) === 0 ? null : rest.subarray(at, at + 4);
    if (mask !== null) at += 4;
    if (rest.length < at + length) return false;
    const payload = Buffer.from(rest.subarray(at, at + length));
    if (mask !== null)
      for (let i = 0; i < length; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
    this.#rest = rest.subarray(at + length);
    const opcode = first & 15;
    if (opcode > 2) return true;
    if (opcode !== 0) this.#binary = opcode === 2;
    this.#parts.push(payload);
    if ((first & 128) !== 0) this.message(Buffer.concat(this.#parts.splice(0)), this.#binary);
    return true;
  }
}
