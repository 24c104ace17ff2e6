import type { DrawingInput, Overlay } from '@sightline/board';
import {
  type AnnotationId,
  SessionClient,
  type SessionState,
  type Shape,
  type SurfaceKind,
  webSocketUrl,
} from '@sightline/protocol';
import { api, errorText } from '../api/api';
import type { Place } from '../api/place';
import { createStore, type Store } from '../app/store';
import { refusalText } from '../i18n/refusal';
import { FrameHolds } from './frame-holds';
import { Freezer } from './freezer';
import { Microphone, openMicrophone } from './microphone';
import { announce } from './model/announce';
import { capabilitiesOf } from './model/capabilities';
import { type DeskAction, type DeskState, initialDesk, reduceDesk } from './model/desk';
import type { Command } from './model/keys';
import { customerOf, stageView, surfacesToShow, surfaceToShow } from './model/select';
import { fitPicture } from './picture';
import { StrokeHold } from './stroke-hold';

/** What the stage lends to the desk while it is on the page. */
export interface Board {
  readonly overlay: Overlay;
  readonly input: DrawingInput;
}

/** Ties the session, the board and the agent's desk together. All decisions are in `model/`. */
export class SessionDesk {
  readonly client: SessionClient;
  readonly store: Store<DeskState, DeskAction> = createStore(reduceDesk, initialDesk);
  readonly place: Place;
  #board: Board | null = null;
  readonly #holds: FrameHolds;
  readonly #freezer: Freezer;
  readonly #strokeHold: StrokeHold;
  readonly #microphone: Microphone;
  #before: SessionState;
  readonly #stops: (() => void)[] = [];

  constructor(place: Place) {
    this.place = place;
    this.client = new SessionClient({ url: webSocketUrl(location), token: place.token });
    this.#before = this.client.state;
    this.#holds = new FrameHolds(this.client);
    this.#strokeHold = new StrokeHold(this.#holds);
    this.#microphone = new Microphone({
      client: this.client,
      store: this.store,
      open: openMicrophone,
    });
    this.#freezer = new Freezer({
      client: this.client,
      holds: this.#holds,
      store: this.store,
      surface: () => this.#surface(),
      overlay: () => this.#board?.overlay ?? null,
    });
  }

  /** Connects. */
  start(): void {
    const { client, store } = this;
    this.#stops.push(
      client.on('message', (message) => {
        const say = announce(this.#before, message);
        this.#before = client.state;
        if (say !== null) store.dispatch({ type: 'heard', say });
        store.dispatch({ type: 'message', message });
        if (message.type === 'welcome') this.#holds.again();
        this.#freezer.thawWhenHidden();
      }),
      client.on('annotation', ({ client_id }) => {
        this.#strokeHold.settled(client_id);
        store.dispatch({ type: 'echoed', clientId: client_id, atMs: performance.now() });
      }),
      client.on('error', ({ code, clientId }) => {
        if (clientId !== null) this.#strokeHold.settled(clientId);
        store.dispatch({ type: 'refused', clientId, code });
        // The client opens a new media connection by itself; the stage says that it does.
        if (code === 'media_failed') return;
        store.dispatch({ type: 'notice', kind: 'bad', say: (texts) => refusalText(texts, code) });
      }),
    );
    client.connect();
  }

  /** Closes this side; the place in the session stays. */
  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    void this.#microphone.stop();
    this.client.close();
  }

  /** Lends the board; returns what takes it back. */
  lend(board: Board): () => void {
    this.#board = board;
    return () => {
      if (this.#board !== board) return;
      void this.#microphone.stop();
      this.#freezer.goLive();
      this.#board = null;
    };
  }

  /** Does what a key or a button asks for. */
  run(command: Command): void {
    const { client, store } = this;
    const surface = this.#surface();
    switch (command.type) {
      case 'tool':
        store.dispatch(command);
        break;
      case 'freeze':
        void this.#freezer.toggle();
        break;
      case 'snapshot':
        void this.#snapshot();
        break;
      case 'undo':
        client.undo();
        break;
      case 'redo':
        client.redo();
        break;
      case 'clear':
        if (surface !== null) client.clear(surface.id);
        break;
      case 'microphone':
        if (capabilitiesOf(this.place.role).speak) void this.#microphone.toggle();
        break;
      case 'help':
        store.dispatch({ type: 'dialog', dialog: { type: 'keys' } });
        break;
      case 'chat':
        store.dispatch({ type: 'panel', panel: 'chat' });
        break;
      case 'escape':
        this.#board?.input.cancel();
        break;
      case 'surface': {
        const chosen = surfacesToShow(client.state)[command.index];
        if (chosen !== undefined) this.choose(chosen.id);
        break;
      }
    }
  }

  /** Looks at another surface. */
  choose(surface: SessionState['surfaces'][number]['id']): void {
    this.goLive();
    this.store.dispatch({ type: 'surface', surface });
  }

  /** A drawing began on this frame. A frozen frame is kept anyway. */
  beginDrawing(frameTime: number | null): void {
    const surface = this.#surface();
    if (surface === null || frameTime === null || this.store.get().frozen !== null) return;
    this.#strokeHold.begin(surface.id, frameTime);
  }

  giveUpDrawing(): void {
    this.#strokeHold.giveUp();
  }

  /** Sends a finished drawing and notes when. */
  draw(shape: Shape, frameTime: number | null, width: number): void {
    const surface = this.#surface();
    if (surface === null) return;
    const clientId = this.client.addAnnotation({
      surface: surface.id,
      frameTime,
      attach: 'world',
      shape,
      width,
    });
    this.#strokeHold.sent(clientId);
    this.store.dispatch({ type: 'sent', clientId, atMs: performance.now() });
  }

  /** Moves the live pointer; null when it left the picture. */
  point(at: readonly [number, number] | null, frameTime: number | null): void {
    const surface = this.#surface();
    if (surface === null) return;
    const [x, y] = at ?? [0, 0];
    this.client.sendCursor({ surface: surface.number, frameTime, visible: at !== null, x, y });
  }

  /** Emphasises a drawing on the picture; null for none. */
  highlight(id: AnnotationId | null): void {
    this.#board?.overlay.setHighlighted(id);
  }

  /** Asks the customer for a surface. */
  ask(kind: SurfaceKind): void {
    if (this.client.state.connection !== 'live') return;
    this.client.requestSurface(kind);
    this.store.dispatch({ type: 'asked', kind });
  }

  /** Leaves the frozen frame. */
  goLive(): void {
    this.#freezer.goLive();
  }

  async #snapshot(): Promise<void> {
    const { store } = this;
    const surface = this.#surface();
    if (surface === null || stageView(this.client.state, surface) !== 'live') {
      store.dispatch({ type: 'notice', kind: 'bad', say: (texts) => texts.errors.noPicture });
      return;
    }
    if (!this.client.state.consent.granted.includes('snapshot')) {
      store.dispatch({ type: 'notice', kind: 'bad', say: (texts) => texts.errors.noSnapshots });
      return;
    }
    store.dispatch({ type: 'saving' });
    try {
      const still = await this.#board?.overlay.snapshot();
      if (still === null || still === undefined) {
        store.dispatch({ type: 'notice', kind: 'bad', say: (texts) => texts.errors.noPicture });
        return;
      }
      const picture = await fitPicture(still.picture);
      await api.addSnapshot(this.place.session, this.place.token, picture, {
        surface: surface.id,
        frameTime: still.frameTime,
      });
    } catch (error) {
      store.dispatch({
        type: 'notice',
        kind: 'bad',
        say: (texts) => `${texts.errors.snapshotFailed} ${errorText(texts, error)}`,
      });
    } finally {
      store.dispatch({ type: 'saved' });
    }
  }

  #surface() {
    return surfaceToShow(this.client.state, this.store.get().surface);
  }

  /** Ends the session, asking first when somebody would lose something by it. */
  askToEnd(): void {
    const { participants } = this.client.state;
    if (customerOf(participants)?.connected === true) {
      this.store.dispatch({ type: 'dialog', dialog: { type: 'end' } });
    } else {
      this.end();
    }
  }

  /** Ends the session, over another way when the connection is down at this moment. */
  end(): void {
    if (this.client.endSession()) return;
    api.endSession(this.place.session).catch((error: unknown) => {
      this.store.dispatch({ type: 'notice', kind: 'bad', say: (texts) => errorText(texts, error) });
    });
  }
}
