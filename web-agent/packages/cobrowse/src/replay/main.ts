// The replay's own page, on its own origin: shows the customer's page in a frame without scripts and
// tells the dashboard what the agent does on it.

import type { ParticipantId } from '@sightline/protocol';
import { authorColor } from '../../../board/src/colors';
import { LIMITS } from '../../../protocol/src/generated/limits';
import { DrawingLayer, type PageDrawing, WHOLE } from '../marks';
import type { Changes, Snapshot } from '../wire';
import { fits, type Hit, isStroke, Stroke } from './draw';
import { inspect } from './inspect';
import type { FromReplay, PageTool, ToReplay } from './messages';
import { Pick } from './pick';
import { Renderer } from './render';

const HEADER = 8;
const POINTER_EVERY_MS = 50;
const CSS = `
#stage{position:absolute;top:0;left:0;transform-origin:0 0;background:#fff;overflow:hidden}
#stage iframe{position:absolute;inset:0;border:0;background:#fff;pointer-events:none}
#top{position:absolute;inset:0}
#top svg{position:absolute;inset:0;width:100%;height:100%;pointer-events:none}
#top:not([data-tool=look],[data-tool=control]){cursor:crosshair;touch-action:none}
#top[data-tool=control]{cursor:pointer}
#top:focus-visible{outline:3px solid #2563eb;outline-offset:-3px}
.outline{position:absolute;pointer-events:none;outline:2px solid #2563eb;background:rgb(37 99 235/.14)}
.pointer{position:absolute;pointer-events:none;z-index:2}
.pointer i{display:block;width:12px;height:12px;border-radius:50% 50% 50% 0;transform:rotate(90deg);border:2px solid #fff}
.pointer span{position:absolute;left:14px;top:12px;padding:1px 6px;border-radius:4px;color:#fff;font:12px system-ui,sans-serif;white-space:nowrap}
input.entry{position:absolute;z-index:3;font:16px system-ui;padding:4px 8px;border:2px solid #2563eb;border-radius:4px}
`;

class Replay {
  readonly #port: MessagePort;
  readonly #stage = element('div', 'stage');
  readonly #top = element('div', 'top');
  readonly #pick: Pick;
  readonly #layer = new DrawingLayer((node) => this.#renderer.boxOf(node));
  readonly #renderer: Renderer;
  #drawings: readonly PageDrawing[] = [];
  readonly #pointers = new Map<
    ParticipantId,
    { at: HTMLElement; last: Extract<ToReplay, { type: 'pointer' }> }
  >();
  #queue: Promise<void> = Promise.resolve();
  #tool: PageTool = 'look';
  #color = 0;
  #zoom: number | 'fit' = 'fit';
  #scale = 1;
  #pointerAt = 0;
  #stroke: Stroke | null = null;

  constructor(port: MessagePort) {
    this.#port = port;
    const style = document.createElement('style');
    style.textContent = CSS;
    document.head.append(style);
    this.#top.append(this.#layer.element);
    this.#stage.append(this.#top);
    document.body.append(this.#stage);
    this.#top.style.zIndex = '1';
    this.#renderer = new Renderer(this.#stage, `${location.origin}${location.pathname}a/`, () =>
      this.#fit(),
    );
    this.#pick = new Pick(this.#top, this.#renderer, (node) => this.#say({ type: 'picked', node }));
    port.onmessage = ({ data }) => this.#take(data as ToReplay);
    addEventListener('resize', () => this.#fit());
    this.#listen();
    const draw = (): void => {
      this.#draw();
      requestAnimationFrame(draw);
    };
    draw();
  }

  #say(message: FromReplay): void {
    this.#port.postMessage(message);
  }

  #take(message: ToReplay): void {
    switch (message.type) {
      case 'frame':
        this.#queue = this.#queue.then(() => this.#frame(message.frame)).catch(() => undefined);
        break;
      case 'tool':
        this.#tool = message.tool;
        this.#color = message.color;
        this.#top.dataset['tool'] = message.tool;
        // The keyboard reaches the page only where it can do something there.
        if (message.tool === 'pick') this.#top.tabIndex = 0;
        else this.#top.removeAttribute('tabindex');
        if (message.tool !== 'pick' && message.tool !== 'inspect') this.#pick.outline(null);
        break;
      case 'outline':
        this.#pick.outline(message.node);
        break;
      case 'zoom':
        this.#zoom = message.zoom;
        this.#fit();
        break;
      case 'drawings':
        this.#drawings = message.drawings;
        break;
      case 'pointer':
        this.#pointer(message);
        break;
      case 'clear':
        this.#stage.querySelectorAll('iframe').forEach((frame) => {
          frame.remove();
        });
        this.#drawings = [];
        this.#stroke = null;
        break;
    }
  }

  async #frame(frame: ArrayBuffer): Promise<void> {
    const head = new DataView(frame);
    const raw = new Uint8Array(frame, HEADER);
    const text = (head.getUint8(1) & 1) === 1 ? await inflated(raw) : new TextDecoder().decode(raw);
    const body = JSON.parse(text) as Snapshot | Changes;
    if (head.getUint8(0) === 1) this.#renderer.snapshot(body as Snapshot);
    else this.#renderer.changes(body as Changes);
    const { width, height } = this.#renderer;
    this.#say({ type: 'shown', width, height, atMs: head.getUint32(4) });
  }

  #fit(): void {
    const { width, height } = this.#renderer;
    this.#scale =
      this.#zoom === 'fit' ? Math.min(innerWidth / width, innerHeight / height, 2) : this.#zoom;
    const { style } = this.#stage;
    style.width = `${width}px`;
    style.height = `${height}px`;
    const left = Math.max(0, (innerWidth - width * this.#scale) / 2);
    const top = Math.max(0, (innerHeight - height * this.#scale) / 2);
    style.transform = `translate(${left}px,${top}px) scale(${this.#scale})`;
    document.documentElement.style.overflow = this.#zoom === 'fit' ? 'hidden' : 'auto';
    document.body.style.overflow = this.#zoom === 'fit' ? 'hidden' : 'visible';
  }

  #at(event: MouseEvent): { x: number; y: number; hit: ReturnType<Renderer['at']> } {
    const box = this.#stage.getBoundingClientRect();
    const x = (event.clientX - box.left) / this.#scale;
    const y = (event.clientY - box.top) / this.#scale;
    return { x, y, hit: this.#renderer.at(x, y) };
  }

  #listen(): void {
    const top = this.#top;
    top.addEventListener('pointermove', (event) => {
      const { x, y, hit } = this.#at(event);
      this.#stroke?.extend([x, y]);
      if ((this.#tool === 'pick' || this.#tool === 'inspect') && hit !== null)
        this.#pick.outline(hit.id);
      if (event.timeStamp - this.#pointerAt < POINTER_EVERY_MS) return;
      this.#pointerAt = event.timeStamp;
      const pointer =
        hit === null || hit.box.width === 0 || hit.box.height === 0
          ? { node: null, x, y, visible: true }
          : {
              node: hit.id,
              x: round((x - hit.box.left) / hit.box.width),
              y: round((y - hit.box.top) / hit.box.height),
              visible: true,
            };
      this.#say({ type: 'pointer', pointer });
    });
    top.addEventListener('pointerleave', () =>
      this.#say({ type: 'pointer', pointer: { node: null, x: 0, y: 0, visible: false } }),
    );
    // The keys of the dashboard go on working: the focus stays there.
    top.addEventListener('mousedown', (event) => {
      if (event.target !== document.activeElement) event.preventDefault();
    });
    top.addEventListener('pointerdown', (event) => {
      if (!isStroke(this.#tool)) return;
      const { x, y, hit } = this.#at(event);
      if (hit === null || hit.box.width === 0 || hit.box.height === 0) return;
      top.setPointerCapture(event.pointerId);
      this.#stroke = new Stroke(this.#tool, hit, [x, y]);
    });
    top.addEventListener('pointerup', () => {
      const drawn = this.#stroke?.done((id) => this.#renderer.around(id)) ?? null;
      this.#stroke = null;
      if (drawn !== null) this.#say({ type: 'drawn', ...drawn });
    });
    top.addEventListener('pointercancel', () => {
      this.#stroke = null;
    });
    top.addEventListener('click', (event) => {
      const { x, y, hit } = this.#at(event);
      if (hit === null) return;
      if (this.#tool === 'element') this.#say({ type: 'drawn', node: hit.id, shape: WHOLE });
      else if (this.#tool === 'text') this.#write(hit, x, y);
      else if (this.#tool === 'inspect') this.#inspect(hit.id);
      else if (this.#tool === 'pick') this.#pick.choose(hit);
      else if (this.#tool === 'control') this.#control(hit.id, hit.box);
    });
    top.addEventListener('keydown', (event) => {
      if (this.#tool !== 'pick' || event.target !== top) return;
      if (this.#pick.key(event.key)) event.preventDefault();
    });
    top.addEventListener(
      'wheel',
      (event) => {
        if (this.#tool !== 'control') return;
        event.preventDefault();
        const view = this.#renderer.page?.defaultView;
        if (view == null) return;
        this.#say({
          type: 'scroll',
          x: Math.round(view.scrollX + event.deltaX),
          y: Math.max(0, Math.round(view.scrollY + event.deltaY)),
        });
      },
      { passive: false },
    );
  }

  #inspect(node: number): void {
    const element = this.#renderer.element(node);
    if (element !== null) this.#say({ type: 'inspected', element: inspect(element) });
  }

  /** A click, or an entry field over a text field. */
  #control(node: number, box: DOMRect): void {
    const name = this.#renderer.element(node)?.localName;
    if (name !== 'input' && name !== 'textarea') {
      this.#say({ type: 'click', node });
      return;
    }
    this.#entry(box.left, box.top, Math.max(120, box.width), (text) =>
      this.#say({ type: 'type', node, text }),
    );
  }

  /** A short text beside what was clicked on. */
  #write(hit: Hit, x: number, y: number): void {
    const { left, top, width, height } = hit.box;
    this.#entry(x, y, 200, (text) => {
      const at: [number, number] = [round((x - left) / width), round((y - top) / height)];
      const short = [...text.trim()].slice(0, LIMITS.label_chars).join('');
      const shape = { type: 'text', at, text: short } as const;
      if (fits(shape)) this.#say({ type: 'drawn', node: hit.id, shape });
    });
  }

  /** A field to type into; Escape gives up. */
  #entry(left: number, top: number, width: number, done: (text: string) => void): void {
    const entry = document.createElement('input');
    entry.className = 'entry';
    entry.maxLength = LIMITS.chat_chars;
    entry.style.left = `${left}px`;
    entry.style.top = `${top}px`;
    entry.style.width = `${width}px`;
    const end = (send: boolean): void => {
      entry.onblur = null;
      const { value } = entry;
      entry.remove();
      if (send && value.trim() !== '') done(value);
    };
    entry.onkeydown = ({ key }) => {
      if (key === 'Enter') end(true);
      if (key === 'Escape') end(false);
    };
    entry.onblur = () => end(true);
    this.#top.append(entry);
    // The press that opened the field would take the focus away from it again.
    setTimeout(() => entry.focus());
  }

  #pointer(message: Extract<ToReplay, { type: 'pointer' }>): void {
    const known = this.#pointers.get(message.by);
    if (!message.pointer.visible) {
      known?.at.remove();
      this.#pointers.delete(message.by);
      return;
    }
    let at = known?.at;
    if (at === undefined) {
      at = element('div');
      at.className = 'pointer';
      const color = authorColor(message.color);
      const head = element('i');
      const label = element('span');
      head.style.background = color;
      label.style.background = color;
      label.textContent = message.name;
      at.append(head, label);
      this.#top.append(at);
    }
    this.#pointers.set(message.by, { at, last: message });
  }

  #draw(): void {
    for (const { at, last } of this.#pointers.values()) {
      const { node, x, y } = last.pointer;
      const box = node == null ? null : this.#renderer.boxOf(node);
      at.style.left = `${box === null ? x : box.left + x * box.width}px`;
      at.style.top = `${box === null ? y : box.top + y * box.height}px`;
    }
    this.#pick.draw();
    const draft = this.#stroke?.draft(this.#color);
    this.#layer.draw(draft === undefined ? this.#drawings : [...this.#drawings, draft]);
  }
}

function element(name: string, id = ''): HTMLElement {
  const made = document.createElement(name);
  if (id !== '') made.id = id;
  return made;
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

async function inflated(raw: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return await new Response(stream).text();
}

addEventListener('message', function first({ source, ports }) {
  const [port] = ports;
  if (source !== parent || port === undefined) return;
  removeEventListener('message', first);
  new Replay(port);
});
parent.postMessage('sightline-replay', '*');
