import type { Publication, SessionClient } from '@sightline/protocol';
import type { Store } from '../app/store';
import type { DeskAction, DeskState } from './model/desk';

interface MicrophoneOptions {
  readonly client: Pick<SessionClient, 'publish' | 'state'>;
  readonly store: Store<DeskState, DeskAction>;
  /** Opens the microphone; rejects when the browser or the person refuses. */
  readonly open: () => Promise<MediaStreamTrack>;
}

/** The agent's own voice: nothing is captured before the press, nothing is kept open after it. */
export class Microphone {
  readonly #options: MicrophoneOptions;
  #publication: Publication | null = null;
  #busy = false;
  /** Counts the stops, so that a start notices one that came while it waited. */
  #stops = 0;

  constructor(options: MicrophoneOptions) {
    this.#options = options;
  }

  /** On when it is off, off when it is on; a press while the browser asks does nothing. */
  async toggle(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      if (this.#publication === null) await this.#start();
      else await this.stop();
    } finally {
      this.#busy = false;
    }
  }

  /** Closes the microphone. */
  async stop(): Promise<void> {
    const publication = this.#publication;
    this.#publication = null;
    this.#stops += 1;
    this.#options.store.dispatch({ type: 'microphone', on: false });
    await publication?.stop();
  }

  async #start(): Promise<void> {
    const { client, store, open } = this.#options;
    if (client.state.connection !== 'live') return;
    const stops = this.#stops;
    let track: MediaStreamTrack;
    try {
      track = await open();
    } catch {
      store.dispatch({ type: 'notice', kind: 'bad', say: (texts) => texts.errors.noMicrophone });
      return;
    }
    // A headset that is pulled out ends the track.
    track.addEventListener('ended', () => void this.stop());
    try {
      // The browser may ask for long; who has left the session meanwhile is not heard.
      if (stops !== this.#stops) {
        track.stop();
        return;
      }
      const publication = await client.publish(track, null);
      if (stops !== this.#stops) {
        await publication.stop();
        return;
      }
      this.#publication = publication;
      store.dispatch({ type: 'microphone', on: true });
    } catch {
      track.stop();
      store.dispatch({ type: 'notice', kind: 'bad', say: (texts) => texts.errors.media_failed });
    }
  }
}

/** The browser's own microphone. */
export async function openMicrophone(): Promise<MediaStreamTrack> {
  // Pages that came over plain HTTP from another machine have no `mediaDevices`.
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  const [track] = stream.getAudioTracks();
  if (track === undefined) throw new Error('the browser opened no microphone');
  return track;
}
