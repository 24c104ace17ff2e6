import type { Environment } from './environment';
import type { Quality } from './generated/types';

export type LinkQuality = Quality;

/** The fields of WebRTC statistics that are read here. */
interface StatsEntry {
  readonly type: string;
  readonly kind?: string;
  readonly nominated?: boolean;
  readonly currentRoundTripTime?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly fractionLost?: number;
  readonly framesDecoded?: number;
  readonly framesEncoded?: number;
}

interface Totals {
  readonly atMs: number;
  readonly received: number;
  readonly lost: number;
  readonly frames: number;
}

/** Turns the browser's growing counters into figures of the last interval. */
export class QualityMeter {
  readonly #pc: RTCPeerConnection;
  readonly #env: Environment;
  #before: Totals | null = null;

  constructor(pc: RTCPeerConnection, env: Environment) {
    this.#pc = pc;
    this.#env = env;
  }

  /** Null the first time and while the connection is not up. */
  async measure(): Promise<LinkQuality | null> {
    let entries: StatsEntry[];
    try {
      const report = await this.#pc.getStats();
      entries = [];
      report.forEach((entry: StatsEntry) => {
        entries.push(entry);
      });
    } catch {
      return null;
    }
    return this.summarise(entries);
  }

  /** The same for statistics at hand. */
  summarise(entries: readonly StatsEntry[]): LinkQuality | null {
    let rttS: number | null = null;
    let remoteLoss = 0;
    let received = 0;
    let lost = 0;
    let decoded = 0;
    let encoded = 0;
    for (const entry of entries) {
      if (entry.type === 'candidate-pair' && entry.nominated === true) {
        rttS = entry.currentRoundTripTime ?? rttS;
      } else if (entry.type === 'inbound-rtp') {
        received += entry.packetsReceived ?? 0;
        lost += Math.max(0, entry.packetsLost ?? 0);
        if (entry.kind === 'video') decoded += entry.framesDecoded ?? 0;
      } else if (entry.type === 'remote-inbound-rtp') {
        remoteLoss = Math.max(remoteLoss, entry.fractionLost ?? 0);
      } else if (entry.type === 'outbound-rtp' && entry.kind === 'video') {
        encoded += entry.framesEncoded ?? 0;
      }
    }
    const now: Totals = {
      atMs: this.#env.now(),
      received,
      lost,
      frames: Math.max(decoded, encoded),
    };
    const before = this.#before;
    this.#before = now;
    if (before === null || rttS === null || now.atMs <= before.atMs) return null;
    const newLost = Math.max(0, now.lost - before.lost);
    const expected = Math.max(0, now.received - before.received) + newLost;
    const inLoss = expected === 0 ? 0 : newLost / expected;
    const seconds = (now.atMs - before.atMs) / 1000;
    return {
      rtt_ms: Math.min(60_000, Math.round(rttS * 1000)),
      loss: Math.min(1, Math.max(inLoss, remoteLoss)),
      fps: Math.min(240, Math.max(0, (now.frames - before.frames) / seconds)),
    };
  }
}
