// The script behind the loader: begins when the loader says so.

import { Customer, type Start } from './customer';
import { showToParent } from './guest';

/** Figures for measurements, and the number of a node. Nothing that the page does not know. */
export interface Figures {
  readonly idOf: (node: Node) => number | null;
  /** Bytes that left for the page. */
  readonly sent: number;
  readonly blockMs: number;
  readonly nodes: number;
  readonly looks: number;
  readonly events: number;
  readonly busy: boolean;
}

function figuresOf({ sharing: { recorder }, sent }: Customer): Figures {
  return {
    idOf: (node) => recorder?.mirror.idOf(node) ?? null,
    sent,
    blockMs: recorder?.blockMs ?? 0,
    nodes: recorder?.mirror.size ?? 0,
    looks: recorder?.looks ?? 0,
    events: recorder?.events ?? 0,
    busy: recorder?.busy ?? true,
  };
}

let running: Customer | null = null;
const { sightlineStart, sightlineGuest } = window as unknown as {
  sightlineStart?: (run: (start: Start) => void) => void;
  sightlineGuest?: (run: (port: MessagePort) => void) => void;
};
sightlineGuest?.(showToParent);
sightlineStart?.((start) => {
  running ??= new Customer(start, () => {
    running = null;
  });
  Object.assign(window, {
    sightlineFigures: () => (running === null ? null : figuresOf(running)),
  });
});
