import type { ToolName } from '@sightline/board';
import { type PageTool, PageView, type PageViewState } from '@sightline/cobrowse/replay';
import type { Surface } from '@sightline/protocol';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useDesk, useDeskState, useSession } from '../context';
import { participantOf } from '../model/select';

/** Stroke width of a drawing on a page. Pages are drawn with lines of a fixed width. */
const WIDTH = 0.004;

/** The shared page of this session, looked at while the component stands. */
export function usePageView(): { view: PageView; state: PageViewState } {
  const { place } = useDesk();
  const [view] = useState(() => new PageView(location.origin, place.token));
  useEffect(() => {
    view.open();
    return () => view.close();
  }, [view]);
  const state = useSyncExternalStore(
    (listener) => view.subscribe(listener),
    () => view.state,
  );
  return { view, state };
}

/** Drawings go into the session's log, and what stands in the log is drawn. */
export function usePageDrawings(view: PageView, surface: Surface): void {
  const { client } = useDesk();
  const annotations = useSession((state) => state.annotations);
  const participants = useSession((state) => state.participants);
  useEffect(() => {
    view.onDrawn = (node, shape) =>
      client.addAnnotation({
        surface: surface.id,
        frameTime: null,
        attach: 'frame',
        node,
        shape,
        width: WIDTH,
      });
    return () => {
      view.onDrawn = null;
    };
  }, [view, client, surface.id]);
  useEffect(() => {
    view.setDrawings(
      annotations.flatMap(({ node, shape, author, surface: on }) => {
        if (node == null || on !== surface.id) return [];
        return [{ node, shape, color: participantOf(participants, author)?.color ?? 0 }];
      }),
    );
  }, [view, annotations, participants, surface.id]);
}

/** What the mouse does on the page: `draw` draws with the tool that is chosen in the rail. */
export type PageMode = 'look' | 'element' | 'draw' | 'inspect' | 'control';

function toolOf(mode: PageMode, tool: ToolName): PageTool {
  if (mode !== 'draw') return mode;
  return tool === 'pointer' ? 'look' : tool;
}

/** The chosen mode. Choosing a tool in the rail, or with its key, begins to draw. */
export function usePageMode(
  view: PageView,
  color: number,
  granted: boolean,
): [PageMode, (mode: PageMode) => void] {
  const tool = useDeskState((state) => state.tool);
  const [mode, setMode] = useState<PageMode>('look');
  const before = useRef(tool);
  useEffect(() => {
    if (before.current === tool) return;
    before.current = tool;
    setMode('draw');
  }, [tool]);
  useEffect(() => {
    if (!granted) setMode((now) => (now === 'control' ? 'look' : now));
  }, [granted]);
  useEffect(() => view.setTool(toolOf(mode, tool), color), [view, mode, tool, color]);
  return [mode, setMode];
}
