/** What the client takes from the browser; replaced in tests. */
export interface Environment {
  openSocket(url: string): WebSocket;
  createPeer(): RTCPeerConnection;
  createStream(track: MediaStreamTrack): MediaStream;
  /** Calls back once after so many milliseconds; the returned function takes it back. */
  after(ms: number, callback: () => void): () => void;
  /** Milliseconds on a clock that never steps. */
  now(): number;
  /** 0 to 1. */
  random(): number;
}

/** The real browser. */
export const BROWSER: Environment = {
  openSocket: (url) => new WebSocket(url),
  createPeer: () => new RTCPeerConnection({ bundlePolicy: 'max-bundle' }),
  createStream: (track) => new MediaStream([track]),
  after: (ms, callback) => {
    const id = setTimeout(callback, ms);
    return () => clearTimeout(id);
  },
  now: () => performance.now(),
  random: () => Math.random(),
};

/** An id that only has to differ from this client's other ones. */
export function clientId(random: () => number): string {
  const part = () => Math.floor(random() * 36 ** 6).toString(36);
  return `c${part()}${part()}`;
}
