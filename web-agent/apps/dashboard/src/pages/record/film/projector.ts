import { decoderConfig } from './codec';
import { type FilmFrame, type FilmPartContent, FilmPartError } from './part';
import type { FilmParts } from './parts';
import type { Reel } from './reel';

/** Chunks that the decoder has not taken yet. */
const QUEUE = 8;
/** Pictures that are decoded before their time; decoders that hold some back give them up by this. */
const AHEAD = 6;
/** While playing, a picture may be so late and still be shown: beyond it the clock waits. */
const LATE_MS = 400;
/** Poses are later than their frames: they stand in the part that was written when they came. */
const POSES_LATE = 3;
/** Parts that are fetched before their time: a few seconds. */
const FETCH_AHEAD = 6;

/** Where the projector stands with the moment that was asked for. */
export type ProjectorState =
  /** Fetching or decoding. */
  | 'coming'
  | 'shown'
  /** Nothing was filmed then. */
  | 'gap'
  /** The pictures cannot be decoded: a part is missing, or this browser has no decoder for them. */
  | 'unplayable'
  /** A part could not be fetched. */
  | 'unreachable';

interface Place {
  readonly part: number;
  readonly frame: number;
}

interface Decoded {
  readonly place: Place;
  readonly frame: FilmFrame;
  readonly picture: VideoFrame;
}

/** A row of chunks given to one decoder, from a keyframe on. */
interface Run {
  readonly decoder: VideoDecoder;
  /** Given next. */
  next: Place;
  /** The last picture that was shown or dropped. */
  passed: Place | null;
  /** True until a keyframe: at the beginning, and after the decoder was emptied. */
  needsKeyframe: boolean;
  /** Given and not come back, by their number. */
  readonly under: Map<number, { readonly place: Place; readonly frame: FilmFrame }>;
  /** Decoded, not shown yet, in order. */
  readonly ready: Decoded[];
}

export interface ProjectorOptions {
  readonly reel: Reel;
  readonly parts: FilmParts;
  /** Draws a picture; it is closed afterwards. */
  readonly onPicture: (picture: VideoFrame, frame: FilmFrame) => void;
  readonly onState: (state: ProjectorState) => void;
  /** What was said beside the pictures has come: drawings may have found their place. */
  readonly onHeard: () => void;
}

const order = (a: Place, b: Place): number => a.part - b.part || a.frame - b.frame;

/**
 * Shows the picture of a moment of one track: decodes from the keyframe before it, goes on from
 * there while time goes on, and never holds more than a few pictures.
 */
export class Projector {
  readonly #options: ProjectorOptions;
  #ms = 0;
  #playing = false;
  #run: Run | null = null;
  #shown: { readonly place: Place; readonly frame: FilmFrame } | null = null;
  #state: ProjectorState = 'coming';
  #count = 0;
  /** A keyframe after which the decoder failed; asked for again only after another place. */
  #broken: Place | null = null;
  #busy = false;
  #again = false;
  #disposed = false;

  constructor(options: ProjectorOptions) {
    this.#options = options;
  }

  get state(): ProjectorState {
    return this.#state;
  }

  /** The frame on the canvas. */
  get shown(): FilmFrame | null {
    return this.#shown?.frame ?? null;
  }

  /** What was said around the frame on the canvas, as far as it is here. */
  get beside(): readonly FilmPartContent[] {
    const part = this.#shown?.place.part;
    if (part === undefined) return [];
    const around = Array.from({ length: 2 + POSES_LATE }, (_, k) => part - 1 + k);
    return around.flatMap((index) => this.#peek(index) ?? []);
  }

  /** Shows a moment, in milliseconds since the session began. */
  seek(ms: number, playing: boolean): void {
    this.#ms = ms;
    this.#playing = playing;
    // Said at once, also while an earlier look still waits for something: what is on the canvas
    // belongs to another moment.
    if (this.#state === 'shown' && this.#goal() === null) this.#say('coming');
    this.#present();
    this.#wake();
  }

  dispose(): void {
    this.#disposed = true;
    this.#stop();
  }

  #wake(): void {
    this.#again = true;
    if (this.#busy || this.#disposed) return;
    this.#busy = true;
    void this.#work().finally(() => {
      this.#busy = false;
      if (this.#again) this.#wake();
    });
  }

  async #work(): Promise<void> {
    while (this.#again && !this.#disposed) {
      this.#again = false;
      try {
        await this.#step();
      } catch (error) {
        this.#say(error instanceof FilmPartError ? 'unplayable' : 'unreachable');
      }
    }
  }

  /** One look at the moment that is wanted. Whatever changes meanwhile leads to another look. */
  async #step(): Promise<void> {
    const { reel, parts } = this.#options;
    const index = reel.at(this.#ms);
    if (index === null) {
      this.#stop();
      this.#say('gap');
      return;
    }
    const start = reel.startFor(index);
    if (start === null) {
      this.#say('unplayable');
      return;
    }
    if (this.#peek(index) === null) {
      this.#say('coming');
      await parts.get(reel.parts[index]?.n ?? 0);
    }
    this.#fetchAhead(index);
    const goal = this.#goal();
    if (this.#disposed || goal === null || goal.part !== index) return this.#wake();
    const from = this.#keyframeBefore(goal) ?? { part: start, frame: 0 };
    if (this.#broken !== null && order(this.#broken, from) === 0) {
      this.#say('unplayable');
      return;
    }
    this.#broken = null;
    if (this.#state === 'unplayable') this.#say('coming');
    await this.#aim(goal, from);
    await this.#feed();
    this.#present();
  }

  /** Makes the run one that leads to the goal. */
  async #aim(goal: Place, from: Place): Promise<void> {
    const run = this.#run;
    const passed = run?.passed ?? null;
    const isShown = this.#shown !== null && order(this.#shown.place, goal) === 0;
    const behind = passed !== null && order(goal, passed) <= 0 && !isShown;
    if (run === null || behind) {
      await this.#begin(from);
    } else if (order(from, run.next) > 0) {
      run.next = from;
      run.needsKeyframe = true;
    }
  }

  async #begin(from: Place): Promise<void> {
    const { reel, parts } = this.#options;
    this.#stop();
    const part = await parts.get(reel.parts[from.part]?.n ?? 0);
    const first = part.frames[from.frame];
    const config = first === undefined ? null : decoderConfig(reel.track.codec, first.bytes);
    const supported = config !== null && (await VideoDecoder.isConfigSupported(config)).supported;
    if (this.#disposed) return;
    if (config === null || supported !== true) {
      this.#fail(from);
      return;
    }
    const run: Run = {
      decoder: new VideoDecoder({
        output: (picture) => this.#take(run, picture),
        error: () => {
          if (this.#run === run) this.#fail(from);
        },
      }),
      next: from,
      passed: null,
      needsKeyframe: true,
      under: new Map(),
      ready: [],
    };
    run.decoder.configure(config);
    run.decoder.addEventListener('dequeue', () => this.#wake());
    this.#run = run;
  }

  /** Gives the decoder what leads to the goal, and a little more. */
  async #feed(): Promise<void> {
    const { reel, parts } = this.#options;
    for (;;) {
      const run = this.#run;
      const goal = this.#goal();
      // The part with the goal may have made room for those that lead to it.
      if (goal === null) return this.#wake();
      if (run?.decoder.state !== 'configured' || run.decoder.decodeQueueSize >= QUEUE) return;
      const given = [...run.under.values(), ...run.ready];
      if (given.filter(({ place }) => order(place, goal) > 0).length >= AHEAD) return;
      const part = reel.parts[run.next.part];
      if (part === undefined) {
        this.#empty(run);
        return;
      }
      const content = this.#peek(run.next.part) ?? (await parts.get(part.n));
      if (this.#disposed || this.#run !== run) return;
      const frame = content.frames[run.next.frame];
      if (frame === undefined) {
        run.next = { part: run.next.part + 1, frame: 0 };
        this.#fetchAhead(run.next.part);
      } else {
        this.#decode(run, frame);
        run.next = { part: run.next.part, frame: run.next.frame + 1 };
      }
    }
  }

  #decode(run: Run, frame: FilmFrame): void {
    if (run.needsKeyframe && !frame.keyframe) return;
    run.needsKeyframe = false;
    this.#count += 1;
    run.under.set(this.#count, { place: run.next, frame });
    run.decoder.decode(
      new EncodedVideoChunk({
        type: frame.keyframe ? 'key' : 'delta',
        timestamp: this.#count,
        data: frame.bytes,
      }),
    );
  }

  /** At the end of a film the decoder is asked for what it holds back; it wants a keyframe then. */
  #empty(run: Run): void {
    if (run.needsKeyframe || run.under.size === 0) return;
    run.needsKeyframe = true;
    run.decoder.flush().then(
      () => this.#wake(),
      () => undefined,
    );
  }

  #take(run: Run, picture: VideoFrame): void {
    const found = run.under.get(picture.timestamp);
    run.under.delete(picture.timestamp);
    if (found === undefined || this.#run !== run) {
      picture.close();
      return;
    }
    run.ready.push({ ...found, picture });
    this.#present();
    this.#wake();
  }

  /** Shows what is there of the moment, and lets go of what is over. */
  #present(): void {
    const [run, goal] = [this.#run, this.#goal()];
    if (goal === null) return;
    const wanted = this.#peek(goal.part)?.frames[goal.frame];
    if (run !== null && wanted !== undefined) {
      const over = run.ready.filter(({ place }) => order(place, goal) <= 0);
      run.ready.splice(0, over.length);
      const last = over.at(-1);
      if (last !== undefined) {
        run.passed = last.place;
        if (this.#isGood(last, goal, wanted)) this.#show(last);
      }
      for (const { picture } of over) picture.close();
    }
    const { shown } = this;
    if (shown !== null && this.#shown !== null && wanted !== undefined)
      this.#say(this.#isGood(this.#shown, goal, wanted) ? 'shown' : this.#waiting());
  }

  /** A picture is shown when it is the one; while playing also when it is a little late. */
  #isGood(it: { place: Place; frame: FilmFrame }, goal: Place, wanted: FilmFrame): boolean {
    const late = wanted.atMs - it.frame.atMs;
    return order(it.place, goal) === 0 || (this.#playing && late >= 0 && late <= LATE_MS);
  }

  #waiting(): ProjectorState {
    return this.#state === 'unplayable' || this.#state === 'unreachable' ? this.#state : 'coming';
  }

  #show({ place, frame, picture }: Decoded): void {
    this.#shown = { place, frame };
    this.#options.onPicture(picture, frame);
  }

  #fail(from: Place): void {
    this.#broken = from;
    this.#stop();
    this.#say('unplayable');
  }

  #stop(): void {
    const run = this.#run;
    this.#run = null;
    if (run === null) return;
    for (const { picture } of run.ready) picture.close();
    if (run.decoder.state !== 'closed') run.decoder.close();
  }

  #say(state: ProjectorState): void {
    if (this.#disposed || state === this.#state) return;
    this.#state = state;
    if (state === 'gap') this.#shown = null;
    this.#options.onState(state);
  }

  /** The frame of the moment that is wanted; null while its part is not here. */
  #goal(): Place | null {
    const part = this.#options.reel.at(this.#ms);
    const content = part === null ? null : this.#peek(part);
    if (part === null || content === null || content.frames.length === 0) return null;
    const frame = content.frames.findLastIndex(({ atMs }) => atMs <= this.#ms);
    return { part, frame: Math.max(0, frame) };
  }

  #keyframeBefore({ part, frame }: Place): Place | null {
    const frames = this.#peek(part)?.frames.slice(0, frame + 1) ?? [];
    const found = frames.findLastIndex(({ keyframe }) => keyframe);
    return found < 0 ? null : { part, frame: found };
  }

  #peek(index: number): FilmPartContent | null {
    const part = this.#options.reel.parts[index];
    return part === undefined ? null : this.#options.parts.peek(part.n);
  }

  #fetchAhead(index: number): void {
    const { reel, parts, onHeard } = this.#options;
    for (const { n } of reel.parts.slice(index + 1, index + 1 + FETCH_AHEAD)) {
      if (parts.peek(n) !== null) continue;
      // What fails here fails again, and is told, when it is needed.
      parts.get(n).then(onHeard, () => {});
    }
  }
}
