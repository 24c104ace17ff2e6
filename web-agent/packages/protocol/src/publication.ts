import type { SurfaceKind } from './generated/types';
import type { Sending } from './peer';

/** Figures of a sender over its last second. */
export interface SenderStats {
  readonly fps: number;
  readonly width: number;
  readonly height: number;
}

/** A track that this participant sends. */
export interface Publication {
  readonly kind: 'audio' | 'video';
  readonly surface: SurfaceKind | null;
  readonly track: MediaStreamTrack;
  /** Changes the source without a negotiation, for another camera, and stops the old track. */
  replaceTrack(track: MediaStreamTrack): Promise<void>;
  /** Stops every packet, not only the picture, until it is taken back. */
  setPaused(paused: boolean): Promise<void>;
  /** Null while nothing is sent. */
  stats(): Promise<SenderStats | null>;
  /** Stops sending and stops the track. */
  stop(): Promise<void>;
}

/** The caller's handle on something that is sent. */
export function publicationOf(sending: Sending, remove: () => Promise<void>): Publication {
  return {
    kind: sending.kind,
    surface: sending.surface,
    get track() {
      return sending.track;
    },
    async replaceTrack(track) {
      const old = sending.track;
      sending.track = track;
      if (!sending.paused) await sending.transceiver?.sender.replaceTrack(track);
      if (old !== track) old.stop();
    },
    async setPaused(paused) {
      sending.paused = paused;
      await sending.transceiver?.sender.replaceTrack(paused ? null : sending.track);
    },
    async stats() {
      const report = await sending.transceiver?.sender.getStats();
      let found: SenderStats | null = null;
      report?.forEach((entry) => {
        if (entry.type !== 'outbound-rtp' || typeof entry.framesPerSecond !== 'number') return;
        found = {
          fps: entry.framesPerSecond,
          width: entry.frameWidth ?? 0,
          height: entry.frameHeight ?? 0,
        };
      });
      return found;
    },
    async stop() {
      sending.track.stop();
      await remove();
    },
  };
}
