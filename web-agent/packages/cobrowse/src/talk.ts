// What the session says beside the shared page: the chat, the drawings, who is who, and what an agent
// asks for.

import type {
  ChatMessage,
  ClientMessage,
  Participant,
  ParticipantId,
  ServerMessage,
  SurfaceKind,
} from '@sightline/protocol';
import { AnnotationLog } from '../../protocol/src/annotation-log';
import type { PageDrawing } from './marks';
import { button, el, type Panel } from './panel';
import type { Texts } from './texts';

/** Messages that the panel keeps; older ones are in the session's record. */
const MESSAGES = 200;
const CHAT_CHARS = 2_000;

export interface TalkHost {
  session(message: ClientMessage): void;
  /** The drawings on this page have changed. */
  drawn(drawings: readonly PageDrawing[]): void;
  /** The number of unread messages has changed. */
  unread(): void;
  /** An agent asks to see something. */
  asked(kind: SurfaceKind, name: string): void;
  /** The customer's phone has come, as the same person. */
  phoneCame(): void;
}

export class Talk {
  readonly #panel: Panel;
  readonly #texts: Texts;
  readonly #page: number;
  readonly #host: TalkHost;
  readonly #log = new AnnotationLog();
  readonly #people = new Map<ParticipantId, Participant>();
  #you: ParticipantId | null = null;
  #chat: ChatMessage[] = [];
  #read = 0;
  #list: HTMLElement | null = null;
  #next = 1;

  constructor(panel: Panel, texts: Texts, page: number, host: TalkHost) {
    this.#panel = panel;
    this.#texts = texts;
    this.#page = page;
    this.#host = host;
  }

  /** Messages of others that were not on the screen yet. */
  get unread(): number {
    return this.#chat.filter(({ seq, from }) => seq > this.#read && from !== this.#you).length;
  }

  take(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        this.#you = message.you;
        for (const one of message.participants) this.#people.set(one.id, one);
        this.#chat = message.chat.slice(-MESSAGES);
        // What was said before this page came up was read on the one before.
        this.#read = this.#chat.at(-1)?.seq ?? 0;
        this.#log.reset();
        this.#log.apply(message.annotations);
        this.#redraw();
        this.#fill();
        break;
      case 'participant_updated': {
        const { participant } = message;
        this.#people.set(participant.id, participant);
        if (participant.same_as === this.#you && participant.connected) this.#host.phoneCame();
        break;
      }
      case 'annotation_events': {
        const { syncAfter } = this.#log.apply(message.events);
        if (syncAfter !== null) this.#host.session({ type: 'annotation_sync', after: syncAfter });
        this.#redraw();
        break;
      }
      case 'chat':
        this.#said(message.message);
        break;
      case 'surface_requested':
        this.#host.asked(message.kind, this.#people.get(message.by)?.name ?? '');
        break;
      default:
    }
  }

  #redraw(): void {
    const drawings: PageDrawing[] = [];
    for (const { node, shape, author } of this.#log.visible) {
      if (node == null || node.page !== this.#page) continue;
      drawings.push({ node: node.node, shape, color: this.#people.get(author)?.color ?? 0 });
    }
    this.#host.drawn(drawings);
  }

  #said(message: ChatMessage): void {
    if (this.#chat.some(({ seq }) => seq === message.seq)) return;
    this.#chat = [...this.#chat, message].slice(-MESSAGES);
    if (this.#list !== null) this.#fill();
    this.#host.unread();
  }

  /** Opens the chat beside the card, or closes it. */
  toggle(): void {
    if (this.#list !== null) {
      this.close();
      return;
    }
    const texts = this.#texts;
    const list = el('ol', 'log');
    list.setAttribute('role', 'log');
    list.setAttribute('aria-label', texts.chat);
    list.tabIndex = 0;
    const input = document.createElement('textarea');
    input.rows = 2;
    input.maxLength = CHAT_CHARS;
    input.setAttribute('aria-label', texts.write);
    input.placeholder = texts.write;
    const send = (): void => {
      const text = input.value.trim();
      if (text === '') return;
      const client_id = `t${this.#page}-${this.#next++}`;
      this.#host.session({ type: 'chat_send', client_id, text });
      input.value = '';
    };
    input.addEventListener('keydown', (event) => {
      // What is written here is none of the page's business.
      event.stopPropagation();
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (event.isTrusted) send();
    });
    const head = el('div', 'row');
    head.append(
      el('h2', 'text', texts.chat),
      button(texts.close, () => this.close()),
    );
    const foot = el('div', 'row');
    foot.append(input, button(texts.send, send, true));
    this.#list = list;
    this.#panel.beside([head, list, foot], texts.chat);
    this.#fill();
    input.focus({ preventScroll: true });
    this.#host.unread();
  }

  close(): void {
    this.#list = null;
    this.#panel.beside(null, '');
    this.#host.unread();
  }

  #fill(): void {
    const list = this.#list;
    if (list === null) return;
    list.replaceChildren(
      ...this.#chat.map(({ from, text }) => {
        const item = el('li', from === this.#you ? 'own' : '');
        const name = from === this.#you ? this.#texts.you : (this.#people.get(from)?.name ?? '');
        item.append(el('b', '', name), el('span', '', text));
        return item;
      }),
    );
    list.scrollTop = list.scrollHeight;
    this.#read = this.#chat.at(-1)?.seq ?? 0;
  }
}
