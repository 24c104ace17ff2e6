import {
  ApiError,
  type InvitePreview,
  type JoinApi,
  type Joined,
  type SessionClient,
  type SurfaceKind,
} from '@sightline/protocol';
import type { MediaProblem } from './media';
import type { SavedPlace } from './saved';
import { Sharing } from './sharing';

/** Why the person cannot go on, in the words of the catalogue. */
export type Problem =
  | {
      readonly kind:
        | 'invalid'
        | 'unreachable'
        | 'ended'
        | 'refused'
        | 'replaced'
        | 'version'
        | 'other';
    }
  | { readonly kind: 'rate'; readonly seconds: number };

/** A kind of picture that this page can share. */
export type Shareable = Exclude<SurfaceKind, 'page' | 'unknown'>;

/** What the person sees. */
export type Screen =
  | { readonly name: 'loading' }
  | { readonly name: 'code'; readonly problem: Problem | null; readonly busy: boolean }
  | {
      readonly name: 'arrive';
      readonly preview: InvitePreview;
      readonly problem: Problem | null;
      readonly busy: boolean;
    }
  | {
      readonly name: 'allow';
      readonly kind: Shareable;
      /** True when the person was here before and only has to start again. */
      readonly back: boolean;
      readonly busy: boolean;
      readonly problem: MediaProblem | 'refused' | null;
    }
  | { readonly name: 'live' }
  | { readonly name: 'end'; readonly receipt: Receipt }
  | { readonly name: 'problem'; readonly problem: Problem };

/** What happened, told at the end. */
export interface Receipt {
  readonly durationMs: number;
  readonly people: readonly string[];
  readonly shared: readonly ('camera' | 'screen' | 'microphone')[];
  readonly stills: number;
  readonly drawings: number;
}

/** What a visit needs from the browser. */
export interface VisitEnvironment {
  readonly api: JoinApi;
  connect(token: string): SessionClient;
  now(): number;
  load(): SavedPlace | null;
  save(place: SavedPlace): void;
  forget(): void;
  cameraIsAllowed(): Promise<boolean>;
  /** Takes the ticket out of the address. */
  hideTicket(): void;
  /** Sends somebody who is not a customer to the page that fits. */
  leaveFor(address: string): void;
}

const LOADING: Screen = { name: 'loading' };

/**
 * One person's way from the link to the end. Nothing is captured and no peer connection is made
 * before {@link Visit.share}, which only a tap calls.
 */
export class Visit {
  readonly #env: VisitEnvironment;
  readonly #listeners = new Set<() => void>();
  #screen: Screen = LOADING;
  #preview: InvitePreview | null = null;
  #stills = true;
  #client: SessionClient | null = null;
  #sharing: Sharing | null = null;
  #startedAt: number | null = null;
  #ended = false;

  constructor(env: VisitEnvironment) {
    this.#env = env;
  }

  get screen(): Screen {
    return this.#screen;
  }

  get preview(): InvitePreview | null {
    return this.#preview;
  }

  /** Null before the person has joined. */
  get client(): SessionClient | null {
    return this.#client;
  }

  get sharing(): Sharing | null {
    return this.#sharing;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @param ticket secret of the link; empty without one */
  async start(ticket: string): Promise<void> {
    const saved = this.#env.load();
    if (saved !== null && (ticket === '' || ticket === saved.ticket)) {
      this.#comeBack(saved);
    } else if (ticket === '') {
      this.#show({ name: 'code', problem: null, busy: false });
    } else {
      this.#show(LOADING);
      try {
        this.#arrive(await this.#env.api.preview({ ticket }));
      } catch (error) {
        this.#show({ name: 'problem', problem: problemOf(error) });
      }
    }
  }

  askForCode(): void {
    this.#show({ name: 'code', problem: null, busy: false });
  }

  async enterCode(code: string): Promise<void> {
    this.#show({ name: 'code', problem: null, busy: true });
    try {
      this.#arrive(await this.#env.api.preview({ code }));
    } catch (error) {
      this.#show({ name: 'code', problem: problemOf(error), busy: false });
    }
  }

  /** The person agrees to join and to share this. */
  async accept(kind: Shareable, stills: boolean): Promise<void> {
    const preview = this.#preview;
    if (preview === null || this.#client !== null) return;
    this.#show({ name: 'arrive', preview, problem: null, busy: true });
    let joined: Joined;
    try {
      joined = await this.#env.api.accept(preview.ticket, '');
    } catch (error) {
      this.#show({ name: 'arrive', preview, problem: problemOf(error), busy: false });
      return;
    }
    this.#stills = stills;
    this.#env.save({ ticket: preview.ticket, preview, joined, stills });
    this.#env.hideTicket();
    this.#join(joined);
    const asks = kind === 'screen' || !(await this.#env.cameraIsAllowed());
    this.#show({ name: 'allow', kind, back: false, busy: false, problem: null });
    // A browser that will not ask needs no explanation of its question.
    if (!asks) await this.share(kind);
  }

  /** Captures and sends; called by a tap only. */
  async share(kind: Shareable): Promise<void> {
    const sharing = this.#sharing;
    if (sharing === null || this.#ended || sharing.state.busy) return;
    const back = this.#screen.name === 'allow' && this.#screen.back;
    if (this.#screen.name !== 'live') {
      this.#show({ name: 'allow', kind, back, busy: true, problem: null });
    }
    const problem = await sharing.start(kind, this.#stills);
    if (this.#ended) return;
    if (problem === null) {
      this.#startedAt ??= this.#env.now();
      this.#show({ name: 'live' });
    } else {
      this.#show({ name: 'allow', kind, back, busy: false, problem });
    }
  }

  /** Goes into the session without sharing, or back into it. */
  showLive(): void {
    if (this.#client !== null && !this.#ended) this.#show({ name: 'live' });
  }

  /** Ends the session for everybody, at once on this side. */
  end(): void {
    this.#client?.endSession();
    this.#finish();
  }

  #arrive(preview: InvitePreview): void {
    if (preview.role !== 'customer') {
      this.#env.leaveFor(`/#/join/${encodeURIComponent(preview.ticket)}`);
      return;
    }
    this.#preview = preview;
    this.#show({ name: 'arrive', preview, problem: null, busy: false });
  }

  #comeBack(saved: SavedPlace): void {
    this.#preview = saved.preview;
    this.#stills = saved.stills;
    this.#env.hideTicket();
    this.#join(saved.joined);
    const kind = saved.preview.surface === 'screen' ? 'screen' : 'camera';
    this.#show({ name: 'allow', kind, back: true, busy: false, problem: null });
  }

  #join(joined: Joined): void {
    const client = this.#env.connect(joined.token);
    this.#client = client;
    this.#sharing = new Sharing(client, this.#preview?.film_days ?? null);
    client.on('state', ({ connection }) => {
      if (connection === 'ended') this.#finish();
      else if (connection === 'refused') this.#refuse();
      else if (connection === 'replaced') this.#giveWay();
    });
    client.on('error', ({ code }) => {
      if (code === 'version_mismatch') {
        this.#show({ name: 'problem', problem: { kind: 'version' } });
      }
    });
    client.connect();
  }

  /** The place stays saved, so that loading the page again takes it back. */
  #giveWay(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sharing?.dispose();
    this.#show({ name: 'problem', problem: { kind: 'replaced' } });
  }

  #refuse(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sharing?.dispose();
    this.#env.forget();
    this.#show({ name: 'problem', problem: { kind: 'refused' } });
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    const client = this.#client;
    const receipt = this.#receipt();
    this.#sharing?.dispose();
    this.#env.forget();
    if (client?.state.connection !== 'ended') client?.close();
    this.#show(
      this.#startedAt === null
        ? { name: 'problem', problem: { kind: 'ended' } }
        : { name: 'end', receipt },
    );
  }

  #receipt(): Receipt {
    const state = this.#client?.state;
    const people = state?.participants.filter(
      ({ id, role }) => id !== state.you && role !== 'vision' && role !== 'recorder',
    );
    return {
      durationMs: this.#startedAt === null ? 0 : this.#env.now() - this.#startedAt,
      people: people?.map(({ name }) => name) ?? [],
      shared: this.#sharing?.shared ?? [],
      stills: state?.snapshots.length ?? 0,
      drawings: this.#sharing?.drawings ?? 0,
    };
  }

  #show(screen: Screen): void {
    this.#screen = screen;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What a refused request means for the person. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof ApiError)) return { kind: 'other' };
  switch (error.code) {
    case 'invalid_code':
    case 'not_found':
    case 'malformed':
    case 'out_of_range':
      return { kind: 'invalid' };
    case 'rate_limited':
      return { kind: 'rate', seconds: error.retryAfterS ?? 60 };
    case 'unreachable':
      return { kind: 'unreachable' };
    case 'session_ended':
      return { kind: 'ended' };
    case 'version_mismatch':
      return { kind: 'version' };
    default:
      return { kind: 'other' };
  }
}
