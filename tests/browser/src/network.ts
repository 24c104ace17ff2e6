import { binary } from './paths';
import { Program } from './process';

/** Packets of each kind. */
export interface Counts {
  readonly stun: number;
  readonly dtls: number;
  readonly rtp: number;
  readonly rtcp: number;
  readonly other: number;
}

export interface Traffic {
  readonly clients: number;
  readonly up: Counts;
  readonly down: Counts;
}

/** A bad network between browsers and the server's media port. */
export class Network {
  private constructor(
    private readonly program: Program,
    /** Where clients send their media. */
    readonly address: string,
  ) {}

  /** @param delayMs what every packet takes, in each direction. */
  static async start(upstream: string, delayMs: number, log: string): Promise<Network> {
    const program = new Program(
      'udp-proxy',
      binary('udp-proxy'),
      ['--listen', '127.0.0.1:0', '--upstream', upstream, '--delay-ms', `${delayMs}`],
      log,
    );
    const listening = await program.event('listening');
    return new Network(program, `${listening['address']}`);
  }

  /** Packets that passed so far. */
  async traffic(): Promise<Traffic> {
    const from = this.program.lines.length;
    this.program.tell('count');
    return (await this.program.event('counts', undefined, from)) as unknown as Traffic;
  }

  setDelay(ms: number): void {
    this.program.tell(`delay ${ms}`);
  }

  /** When the first packet with picture or sound came from a client, milliseconds since 1970. */
  async firstMediaMs(): Promise<number> {
    const line = await this.program.line(
      (each) => each.event === 'first' && each['direction'] === 'up' && each['kind'] === 'rtp',
      'a media packet',
    );
    return Number(line['unix_ms']);
  }

  stop(): Promise<number | null> {
    return this.program.stop();
  }
}
