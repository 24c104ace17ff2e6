// What the dashboard and the replay's page say to each other over a message port.

import type { PageMark, PagePointer, ParticipantId } from '@sightline/protocol';

/** How the agent's mouse is understood. */
export type PageTool = 'look' | 'highlight' | 'draw' | 'control' | 'inspect';

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
  | { readonly type: 'marks'; readonly by: ParticipantId; readonly marks: readonly PageMark[] }
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
  | { readonly type: 'mark'; readonly mark: Omit<PageMark, 'id'> }
  | { readonly type: 'click'; readonly node: number }
  | { readonly type: 'type'; readonly node: number; readonly text: string }
  | { readonly type: 'key'; readonly node: number; readonly key: string }
  | { readonly type: 'scroll'; readonly x: number; readonly y: number }
  | { readonly type: 'inspected'; readonly text: string };
