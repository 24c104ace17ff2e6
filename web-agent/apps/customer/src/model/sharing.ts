import type { ConnectionState, Publication, SessionClient, Surface } from '@sightline/protocol';
import {
  type Facing,
  hasSeveralCameras,
  hasTorch,
  MediaError,
  type MediaProblem,
  openCamera,
  openMicrophone,
  openScreen,
  setTorch,
} from './media';

export interface SharingState {
  /** What is captured now; null for nothing. */
  readonly kind: 'camera' | 'screen' | null;
  /** Shown on the own page; null without a picture. */
  readonly stream: MediaStream | null;
  readonly paused: boolean;
  readonly microphone: boolean;
  /** Null when the device has none. */
  readonly torch: boolean | null;
  readonly canSwitch: boolean;
  /** True while a camera or microphone is being opened. */
  readonly busy: boolean;
  /** Why the last thing that was asked for did not work. */
  readonly problem: { readonly of: 'camera' | 'microphone'; readonly why: MediaProblem } | null;
}

/** How long black is sent before nothing is. */
const BLACK_MS = 3_000;

const NOTHING: SharingState = {
  kind: null,
  stream: null,
  paused: false,
  microphone: false,
  torch: null,
  canSwitch: false,
  busy: false,
  problem: null,
};

/** What this device captures and sends. One picture at a time: a screen takes the camera's place. */
export class Sharing {
  readonly #client: SessionClient;
  readonly #listeners = new Set<() => void>();
  readonly #shared = new Set<'camera' | 'screen' | 'microphone'>();
  readonly #stops: (() => void)[];
  #state: SharingState = NOTHING;
  #facing: Facing = 'environment';
  #picture: Publication | null = null;
  #sound: Publication | null = null;
  #drawings = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;
  /** Days for which the person read that camera and screen are kept; null when nothing was said. */
  readonly #filmDays: number | null;

  constructor(client: SessionClient, filmDays: number | null) {
    this.#client = client;
    this.#filmDays = filmDays;
    this.#stops = [
      client.on('annotation', ({ op }) => {
        if (op.type === 'added') this.#drawings += 1;
      }),
      client.on('message', (message) => {
        if (message.type === 'welcome') this.#tellAgain();
        // A new surface is shown unpaused until the server is told.
        if (message.type === 'surface_updated' && this.#state.paused) this.#tellPaused();
      }),
    ];
  }

  get state(): SharingState {
    return this.#state;
  }

  get shared(): readonly ('camera' | 'screen' | 'microphone')[] {
    return [...this.#shared];
  }

  get drawings(): number {
    return this.#drawings;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The surface that the picture is published as; null before the server has named it. */
  surface(): Surface | null {
    const { surfaces, you } = this.#client.state;
    const mine = surfaces.filter(({ owner, kind }) => owner === you && kind === this.#state.kind);
    return mine.at(-1) ?? null;
  }

  /** Captures, tells the consent, sends. Answers why not, or null. */
  async start(
    kind: 'camera' | 'screen',
    stills: boolean,
  ): Promise<MediaProblem | 'refused' | null> {
    this.#update({ busy: true, problem: null });
    let track: MediaStreamTrack;
    try {
      track = kind === 'camera' ? await openCamera(this.#facing) : await openScreen();
    } catch (error) {
      this.#update({ busy: false });
      return error instanceof MediaError ? error.problem : 'failed';
    }
    await this.stop();
    const client = this.#client;
    // The browser may have asked for long, and the session ended meanwhile: then nothing stays on.
    if (this.#disposed || !(await live(client)) || this.#disposed) {
      track.stop();
      this.#update({ busy: false });
      return 'failed';
    }
    client.setConsent(kind, true, this.#filmDays);
    if (stills) client.setConsent('snapshot', true);
    this.#watch(track);
    this.#update({ kind, ...this.#look(track), paused: false });
    void this.#countCameras();
    let picture: Publication;
    try {
      picture = await client.publish(track, kind);
    } catch {
      track.stop();
      client.setConsent(kind, false);
      this.#update({ ...NOTHING, microphone: this.#state.microphone });
      return 'refused';
    }
    if (this.#disposed || !this.#shows(track)) {
      // Stopped while the server answered.
      await picture.stop();
      this.#update({ busy: false });
      return null;
    }
    this.#picture = picture;
    this.#shared.add(kind);
    this.#update({ busy: false });
    return null;
  }

  /** Stops the picture and takes the consent for it back. */
  async stop(): Promise<void> {
    const { kind } = this.#state;
    if (kind === null) return;
    clearTimeout(this.#silence);
    const surface = this.surface();
    const picture = this.#picture;
    this.#picture = null;
    for (const track of this.#state.stream?.getTracks() ?? []) track.stop();
    this.#update({ ...NOTHING, microphone: this.#state.microphone });
    if (surface !== null) this.#client.stopSurface(surface.id);
    this.#client.setConsent(kind, false);
    await picture?.stop();
  }

  /**
   * The curtain: the picture turns black on this device, so that the last one does not stay on the
   * others' screens; once black has arrived, nothing is sent at all.
   */
  setPaused(paused: boolean): void {
    if (this.#state.kind === null) return;
    for (const track of this.#state.stream?.getVideoTracks() ?? []) track.enabled = !paused;
    clearTimeout(this.#silence);
    if (paused) {
      this.#silence = setTimeout(() => this.#picture?.setPaused(true), BLACK_MS);
    } else {
      void this.#picture?.setPaused(false);
    }
    this.#update({ paused });
    this.#tellPaused();
  }

  async switchCamera(): Promise<void> {
    if (this.#state.kind !== 'camera' || this.#state.busy) return;
    this.#update({ busy: true, problem: null });
    const before = this.#facing;
    const after: Facing = before === 'environment' ? 'user' : 'environment';
    // Phones open one camera at a time.
    for (const track of this.#state.stream?.getTracks() ?? []) track.stop();
    let track: MediaStreamTrack;
    try {
      track = await openCamera(after);
      this.#facing = after;
    } catch (error) {
      const why = error instanceof MediaError ? error.problem : 'failed';
      this.#update({ problem: { of: 'camera', why } });
      try {
        track = await openCamera(before);
      } catch {
        await this.stop();
        return;
      }
    }
    if (this.#disposed || this.#state.kind !== 'camera') {
      // Stopped while the other camera was opened.
      track.stop();
      this.#update({ busy: false });
      return;
    }
    track.enabled = !this.#state.paused;
    this.#watch(track);
    await this.#picture?.replaceTrack(track);
    this.#update({ ...this.#look(track), busy: false });
  }

  async toggleTorch(): Promise<void> {
    const track = this.#state.stream?.getVideoTracks()[0];
    if (track === undefined || this.#state.torch === null) return;
    const on = !this.#state.torch;
    if (await setTorch(track, on)) this.#update({ torch: on });
  }

  async toggleMicrophone(): Promise<void> {
    if (this.#state.busy) return;
    if (this.#sound !== null) {
      const sound = this.#sound;
      this.#sound = null;
      this.#update({ microphone: false });
      this.#client.setConsent('microphone', false);
      await sound.stop();
      return;
    }
    this.#update({ busy: true, problem: null });
    let track: MediaStreamTrack | undefined;
    try {
      track = await openMicrophone();
      if (this.#disposed || !(await live(this.#client)) || this.#disposed) {
        throw new MediaError('failed');
      }
      this.#client.setConsent('microphone', true);
      const sound = await this.#client.publish(track, null);
      if (this.#disposed) throw new MediaError('failed');
      this.#sound = sound;
      this.#shared.add('microphone');
      this.#update({ microphone: true, busy: false });
    } catch (error) {
      // What is off in the interface is off on the device.
      track?.stop();
      const why = error instanceof MediaError ? error.problem : 'failed';
      this.#client.setConsent('microphone', false);
      this.#update({ busy: false, problem: { of: 'microphone', why } });
    }
  }

  /** Stops everything on this device, also what is still being opened. */
  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#silence);
    for (const stop of this.#stops) stop();
    for (const track of this.#state.stream?.getTracks() ?? []) track.stop();
    this.#sound?.track.stop();
    this.#update(NOTHING);
  }

  /** After a reconnect, what the person has allowed and not taken back still holds. */
  #tellAgain(): void {
    const { granted } = this.#client.state.consent;
    const { kind, microphone } = this.#state;
    if (kind !== null && !granted.includes(kind))
      this.#client.setConsent(kind, true, this.#filmDays);
    if (microphone && !granted.includes('microphone')) this.#client.setConsent('microphone', true);
    this.#tellPaused();
  }

  #tellPaused(): void {
    const surface = this.surface();
    if (surface !== null && surface.paused !== this.#state.paused) {
      this.#client.setPaused(surface.id, this.#state.paused);
    }
  }

  #watch(track: MediaStreamTrack): void {
    // The browser's own "stop sharing", or a camera that was pulled out.
    track.addEventListener('ended', () => {
      if (this.#shows(track)) void this.stop();
    });
  }

  #shows(track: MediaStreamTrack): boolean {
    return this.#state.stream?.getTracks().includes(track) === true;
  }

  #look(track: MediaStreamTrack): Pick<SharingState, 'stream' | 'torch'> {
    return { stream: new MediaStream([track]), torch: hasTorch(track) ? false : null };
  }

  async #countCameras(): Promise<void> {
    const canSwitch = this.#state.kind === 'camera' && (await hasSeveralCameras());
    this.#update({ canSwitch });
  }

  #update(change: Partial<SharingState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}

const OVER: readonly ConnectionState[] = ['idle', 'ended', 'left', 'replaced', 'refused'];

/**
 * Waits until the session is connected; consent that is told before would be lost. False when this
 * side is out of the session for good.
 */
function live(client: SessionClient): Promise<boolean> {
  return new Promise((resolve) => {
    let stop = () => {};
    const look = ({ connection }: { readonly connection: ConnectionState }) => {
      const over = OVER.includes(connection);
      if (connection !== 'live' && !over) return false;
      stop();
      resolve(!over);
      return true;
    };
    if (!look(client.state)) stop = client.on('state', look);
  });
}
