// What the dashboard and the replay's page say to each other over a message port.

import type { PagePointer, ParticipantId, Shape } from '@sightline/protocol';
import type { PageDrawing } from '../marks';
import type { Inspected } from './inspect';

/** Tools that draw by a movement of the pointer. */
export type StrokeTool = 'arrow' | 'circle' | 'freehand' | 'highlight';

/** How the agent's mouse is understood. */
export type PageTool = 'look' | 'element' | 'text' | 'control' | 'inspect' | 'pick' | StrokeTool;

export type ToReplay =
  | { readonly type: 'frame'; readonly frame: ArrayBuffer }
  | { readonly type: 'tool'; readonly tool: PageTool; readonly color: number }
  | {
      readonly type: 'pointer';
      readonly by: ParticipantId;
      readonly name: string;
      readonly color: number;
      readonly pointer: PagePointer;
    }
  /** Everything that is drawn on the shown page; the whole list each time. */
  | { readonly type: 'drawings'; readonly drawings: readonly PageDrawing[] }
  /** An outline around an element; none takes it away. */
  | { readonly type: 'outline'; readonly node: number | null }
  | { readonly type: 'zoom'; readonly zoom: number | 'fit' }
  | { readonly type: 'clear' };

export type FromReplay =
  | {
      readonly type: 'shown';
      readonly width: number;
      readonly height: number;
      readonly atMs: number;
    }
  | { readonly type: 'pointer'; readonly pointer: PagePointer }
  /** A finished drawing, in shares of the box of its element. */
  | { readonly type: 'drawn'; readonly node: number; readonly shape: Shape }
  | { readonly type: 'click'; readonly node: number }
  | { readonly type: 'type'; readonly node: number; readonly text: string }
  | { readonly type: 'key'; readonly node: number; readonly key: string }
  | { readonly type: 'scroll'; readonly x: number; readonly y: number }
  /** An element was chosen, by a click or with Enter. */
  | { readonly type: 'picked'; readonly node: number }
  | { readonly type: 'inspected'; readonly element: Inspected };
