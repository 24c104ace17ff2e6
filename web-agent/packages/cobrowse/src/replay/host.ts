// The dashboard's side of a shared page: the socket to the relay, and the frame that shows it.

import type {
  ControlKind,
  PageCommand,
  PageNode,
  PageRule,
  PickedElement,
  Shape,
  TabInfo,
  ViewMessage,
  ViewNotice,
} from '@sightline/protocol';
import { PROTOCOL_VERSION } from '@sightline/protocol';
import type { PageDrawing } from '../marks';
import type { Inspected } from './inspect';
import type { FromReplay, PageTool, ToReplay } from './messages';

export type { Inspected } from './inspect';
export type { PageTool } from './messages';

/** A drawing of the session's log that is fixed to an element of a page. */
export interface DrawnOnPage {
  readonly node: PageNode;
  readonly shape: Shape;
  readonly color: number;
}

/** What the stage shows about a shared page. */
export interface PageViewState {
  readonly connected: boolean;
  readonly replayUrl: string | null;
  readonly tabs: readonly TabInfo[];
  /** The chosen tab; the one in front while null. */
  readonly chosen: number | null;
  readonly grants: readonly ControlKind[];
  readonly tool: PageTool;
  readonly shown: { readonly width: number; readonly height: number } | null;
  readonly inspected: Inspected | null;
  /** Why the last command did nothing. */
  readonly refused: 'not_granted' | 'blocked' | 'not_possible' | null;
}

const RETRY_MS = 1_500;

export class PageView {
  readonly #url: string;
  readonly #token: string;
  readonly #listeners = new Set<() => void>();
  #state: PageViewState = {
    connected: false,
    replayUrl: null,
    tabs: [],
    chosen: null,
    grants: [],
    tool: 'look',
    shown: null,
    inspected: null,
    refused: null,
  };
  #socket: WebSocket | null = null;
  #port: MessagePort | null = null;
  /** Frames since the last snapshot of each tab, for a replay that comes up later. */
  readonly #kept = new Map<number, ArrayBuffer[]>();
  #drawings: readonly DrawnOnPage[] = [];
  /** Called with each chosen element. */
  onPicked: ((node: number) => void) | null = null;
  /** Questions to the tab that wait for their answers. */
  readonly #asked = new Map<number, (answer: ViewNotice) => void>();
  /** Called with each finished drawing. */
  onDrawn: ((node: PageNode, shape: Shape) => void) | null = null;
  #next = 1;
  #over = false;
  #color = 0;
  #showing = 0;

  constructor(origin: string, token: string) {
    this.#url = `${origin.replace(/^http/, 'ws')}/api/cobrowse/view`;
    this.#token = token;
  }

  get state(): PageViewState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(change: Partial<PageViewState>): void {
    this.#state = { ...this.#state, ...change };
    for (const each of this.#listeners) each();
  }

  open(): void {
    this.#over = false;
    const socket = new WebSocket(this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onopen = () =>
      this.#say({ type: 'hello', protocol: PROTOCOL_VERSION, token: this.#token });
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') this.#notice(JSON.parse(data) as ViewNotice);
      else this.#frame(data as ArrayBuffer);
    };
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#kept.clear();
      this.#set({ connected: false });
      if (!this.#over && code !== 4004) setTimeout(() => this.#over || this.open(), RETRY_MS);
    };
  }

  close(): void {
    this.#over = true;
    this.#socket?.close();
    this.#socket = null;
    this.#port?.close();
    this.#port = null;
  }

  /** Connects the frame in which the replay runs. Returns what takes it away again. */
  attach(frame: HTMLIFrameElement, origin: string): () => void {
    const hello = (event: MessageEvent): void => {
      if (event.source !== frame.contentWindow || event.origin !== origin) return;
      const channel = new MessageChannel();
      this.#port?.close();
      this.#port = channel.port1;
      channel.port1.onmessage = ({ data }) => this.#fromReplay(data as FromReplay);
      frame.contentWindow?.postMessage('port', origin, [channel.port2]);
      this.#showing = 0;
      this.#showTab();
    };
    addEventListener('message', hello);
    return () => {
      removeEventListener('message', hello);
      this.#port?.close();
      this.#port = null;
    };
  }

  /** Number of the tab on the stage. */
  get tab(): number {
    const { tabs, chosen } = this.#state;
    const found =
      tabs.find((each) => each.tab === chosen) ?? tabs.find((each) => each.front) ?? tabs[0];
    return found?.tab ?? 0;
  }

  choose(tab: number): void {
    this.#set({ chosen: tab });
    this.#showTab();
  }

  setTool(tool: PageTool, color: number): void {
    this.#color = color;
    this.#set({ tool, inspected: null, refused: null });
    this.#toReplay({ type: 'tool', tool, color });
  }

  zoom(zoom: number | 'fit'): void {
    this.#toReplay({ type: 'zoom', zoom });
  }

  /** How an element could be named in a rule; null when the tab is not there to edit rules. */
  async pick(node: number): Promise<PickedElement | null> {
    const answer = await this.#ask((id, tab) => ({ type: 'pick', id, tab, node }));
    return answer.type === 'picked' ? (answer.picked ?? null) : null;
  }

  /** What rules would find on the page; empty when the tab is not there to edit rules. */
  async count(rules: readonly PageRule[]): Promise<readonly number[]> {
    const answer = await this.#ask((id, tab) => ({ type: 'count', id, tab, rules: [...rules] }));
    return answer.type === 'counted' ? answer.hits : [];
  }

  #ask(question: (id: number, tab: number) => ViewMessage): Promise<ViewNotice> {
    const id = this.#next++;
    return new Promise((resolve) => {
      // Whoever asks without end gets no answers: the oldest question is forgotten.
      const [oldest] = this.#asked.keys();
      if (this.#asked.size >= 32 && oldest !== undefined) this.#asked.delete(oldest);
      this.#asked.set(id, resolve);
      this.#say(question(id, this.tab));
    });
  }

  outline(node: number | null): void {
    this.#toReplay({ type: 'outline', node });
  }

  askControl(kinds: readonly ControlKind[]): void {
    this.#say({ type: 'ask_control', kinds: [...kinds] });
  }

  command(command: PageCommand): void {
    this.#say({ type: 'command', id: this.#next++, tab: this.tab, command });
  }

  /** Shows what is drawn, as far as it is on the page that is shown. */
  setDrawings(drawings: readonly DrawnOnPage[]): void {
    this.#drawings = drawings;
    this.#showDrawings();
  }

  #showDrawings(): void {
    const shown = this.#state.tabs.find((each) => each.tab === this.#showing);
    const drawings: PageDrawing[] = this.#drawings
      .filter(({ node }) => node.tab === shown?.tab && node.page === shown.page)
      .map(({ node, shape, color }) => ({ node: node.node, shape, color }));
    this.#toReplay({ type: 'drawings', drawings });
  }

  #say(message: ViewMessage): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #toReplay(message: ToReplay): void {
    this.#port?.postMessage(message);
  }

  #notice(notice: ViewNotice): void {
    switch (notice.type) {
      case 'ready':
        this.#set({ connected: true, replayUrl: notice.replay_url });
        break;
      case 'tabs': {
        for (const tab of [...this.#kept.keys()]) {
          if (!notice.tabs.some((each) => each.tab === tab)) this.#kept.delete(tab);
        }
        this.#set({ tabs: notice.tabs });
        this.#showTab();
        this.#showDrawings();
        break;
      }
      case 'grants':
        this.#set({
          grants: notice.kinds,
          ...(notice.kinds.length === 0 && this.#state.tool === 'control' ? { tool: 'look' } : {}),
        });
        this.#toReplay({ type: 'tool', tool: this.#state.tool, color: this.#color });
        break;
      case 'picked':
      case 'counted':
        this.#asked.get(notice.id)?.(notice);
        this.#asked.delete(notice.id);
        break;
      case 'outcome':
        this.#set({ refused: notice.outcome === 'done' ? null : notice.outcome });
        break;
      case 'pointer':
        if (notice.tab === this.tab) this.#toReplay({ ...notice, type: 'pointer' });
        break;
      default:
    }
  }

  #frame(frame: ArrayBuffer): void {
    const head = new DataView(frame);
    const tab = head.getUint16(2);
    const kept = head.getUint8(0) === 1 ? [] : (this.#kept.get(tab) ?? []);
    kept.push(frame);
    this.#kept.set(tab, kept);
    if (tab === this.tab && this.#showing === tab) this.#toReplay({ type: 'frame', frame });
    else this.#showTab();
  }

  /** Shows the tab that belongs on the stage, from its last snapshot on. */
  #showTab(): void {
    const { tab } = this;
    if (this.#port === null || tab === this.#showing) return;
    const kept = this.#kept.get(tab);
    if (tab === 0 || kept === undefined) {
      if (tab === 0) {
        this.#showing = 0;
        this.#toReplay({ type: 'clear' });
        this.#set({ shown: null });
      }
      return;
    }
    this.#showing = tab;
    this.#toReplay({ type: 'clear' });
    this.#toReplay({ type: 'tool', tool: this.#state.tool, color: this.#color });
    for (const frame of kept) this.#toReplay({ type: 'frame', frame });
    this.#showDrawings();
  }

  #fromReplay(message: FromReplay): void {
    switch (message.type) {
      case 'shown':
        this.#set({ shown: { width: message.width, height: message.height } });
        break;
      case 'pointer':
        this.#say({ type: 'pointer', tab: this.tab, pointer: message.pointer });
        break;
      case 'drawn': {
        const shown = this.#state.tabs.find((each) => each.tab === this.#showing);
        if (shown === undefined) break;
        const { tab, page } = shown;
        this.onDrawn?.({ tab, page, node: message.node }, message.shape);
        break;
      }
      case 'click':
        this.command({ type: 'click', node: message.node });
        break;
      case 'type':
        this.command({ type: 'type', node: message.node, text: message.text });
        break;
      case 'key':
        this.command({ type: 'key', node: message.node, key: message.key });
        break;
      case 'scroll':
        this.command({ type: 'scroll', node: null, x: message.x, y: message.y });
        break;
      case 'picked':
        this.onPicked?.(message.node);
        break;
      case 'inspected':
        this.#set({ inspected: message.element });
        break;
    }
  }
}
