// Plays what was kept of shared pages in the replay's frame.

import type { Annotation } from '@sightline/protocol';
import type { ToReplay } from './messages';
import type { PageRecording, Pointed } from './recording';

export class PagePlayer {
  readonly #recording: PageRecording;
  #port: MessagePort | null = null;
  #atMs = 0;
  /** What the replay has been given: the frames of one tab, from a snapshot on. */
  #given: readonly ArrayBuffer[] = [];
  /** Pointers that are shown, by their owners. */
  readonly #pointers = new Map<string, Pointed>();

  constructor(recording: PageRecording) {
    this.#recording = recording;
  }

  /** Connects the frame in which the replay runs. Returns what takes it away again. */
  attach(frame: HTMLIFrameElement, origin: string): () => void {
    const hello = (event: MessageEvent): void => {
      if (event.source !== frame.contentWindow || event.origin !== origin) return;
      const channel = new MessageChannel();
      this.#port?.close();
      this.#port = channel.port1;
      frame.contentWindow?.postMessage('port', origin, [channel.port2]);
      this.#given = [];
      this.#pointers.clear();
      this.show(this.#atMs, []);
    };
    addEventListener('message', hello);
    return () => {
      removeEventListener('message', hello);
      this.#port?.close();
      this.#port = null;
    };
  }

  /**
   * Shows a moment.
   *
   * @param drawn drawings that were visible then, with the colours of their authors
   */
  show(
    atMs: number,
    drawn: readonly (Pick<Annotation, 'node' | 'shape'> & { color: number })[],
  ): void {
    this.#atMs = atMs;
    if (this.#port === null) return;
    const { tab, frames, pointers } = this.#recording.at(atMs);
    const goesOn =
      this.#given.length > 0 && frames.length >= this.#given.length && frames[0] === this.#given[0];
    if (!goesOn) this.#say({ type: 'clear' });
    for (const frame of frames.slice(goesOn ? this.#given.length : 0))
      this.#say({ type: 'frame', frame });
    this.#given = frames;
    this.#point(pointers);
    this.#say({
      type: 'drawings',
      drawings: drawn.flatMap(({ node, shape, color }) =>
        node == null || node.tab !== tab?.tab || node.page !== tab.page
          ? []
          : [{ node: node.node, shape, color }],
      ),
    });
  }

  #point(pointers: readonly Pointed[]): void {
    const gone = new Map(this.#pointers);
    for (const each of pointers) {
      gone.delete(each.by);
      if (this.#pointers.get(each.by) !== each) this.#say({ ...each, type: 'pointer' });
      this.#pointers.set(each.by, each);
    }
    for (const [by, each] of gone) {
      this.#pointers.delete(by);
      this.#say({ ...each, type: 'pointer', pointer: { ...each.pointer, visible: false } });
    }
  }

  #say(message: ToReplay): void {
    this.#port?.postMessage(message);
  }
}
