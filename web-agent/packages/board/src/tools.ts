import type { Shape } from '@sightline/protocol';
import type { Point } from './geometry';
import type { Overlay } from './overlay';

export type ToolName = 'arrow' | 'circle' | 'freehand' | 'highlight' | 'text' | 'pointer';

export interface DrawingInputOptions {
  readonly overlay: Overlay;
  /** Receives the pointer events; usually the canvas. */
  readonly element: HTMLElement;
  /** Colour of the draft. */
  readonly color: string;
  /** A finished drawing with the frame that was on screen when it began. */
  readonly onShape: (shape: Shape, frameTime: number | null, width: number) => void;
  /** The live pointer moved; null when it left the picture. Only with the tool `pointer`. */
  readonly onPointer: (at: Point | null, frameTime: number | null) => void;
  /**
   * The text tool was used at a place: show an input at `screen` (CSS pixels of the element) and
   * call `done` with its text, or with null to give up.
   */
  readonly onText: (screen: Point, done: (text: string | null) => void) => void;
}

/** Turns pointer events into shapes in shares of the frame. */
export declare class DrawingInput {
  constructor(options: DrawingInputOptions);
  /** Null lets pointer events pass. */
  tool: ToolName | null;
  /** Stroke width as a share of the frame width, 0.001 to 0.05. */
  width: number;
  color: string;
  /** Drops the drawing in the making, for the Escape key. */
  cancel(): void;
  dispose(): void;
}
