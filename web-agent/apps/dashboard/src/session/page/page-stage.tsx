import type { Inspected, PageView, PageViewState } from '@sightline/cobrowse/replay';
import type { ControlKind, Surface } from '@sightline/protocol';
import {
  ArrowLeft,
  CircleDot,
  Eye,
  Hand,
  Highlighter,
  type LucideIcon,
  Pencil,
  RotateCw,
  Search,
} from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { CopyButton } from '../../ui/copy-button';
import { useCapabilities, useSession } from '../context';
import { participantOf } from '../model/select';
import { LeftNote } from './left-note';
import { type PageMode, usePageDrawings, usePageMode, usePageView } from './use-page-view';
import './page-stage.css';

/** Sizes in which the page is shown. */
const ZOOMS = ['fit', 0.5, 1, 1.5, 2] as const;
type Zoom = (typeof ZOOMS)[number];
const KINDS: ControlKind[] = ['click', 'type', 'scroll', 'navigate'];
const modes: [PageMode, LucideIcon][] = [
  ['look', Eye],
  ['element', Highlighter],
  ['draw', Pencil],
  ['inspect', Search],
  ['control', Hand],
];

/** The customer's page, shown by the replay on its own origin, and what can be done on it. */
export function PageStage({ surface }: { surface: Surface }) {
  const texts = useText();
  const frame = useRef<HTMLIFrameElement>(null);
  const { view, state } = usePageView();
  usePageDrawings(view, surface);
  const url = state.replayUrl;
  const left = state.tabs.find(({ tab }) => tab === view.tab)?.left;
  useEffect(() => {
    const element = frame.current;
    if (element === null || url === null) return;
    const detach = view.attach(element, new URL(url).origin);
    element.src = url;
    return detach;
  }, [view, url]);
  return (
    <div
      className="page-stage"
      data-testid="page-stage"
      data-shown={state.shown !== null}
      data-grants={state.grants.join(' ')}
    >
      <PageBar view={view} state={state} />
      <div className="page-view">
        <iframe ref={frame} className="page-frame" title={texts.page.title} data-testid="replay" />
        {left != null && <LeftNote left={left} />}
        {state.shown === null && left == null && (
          <p className="page-wait" role="status">
            {texts.page.opening}
          </p>
        )}
        {state.refused !== null && (
          <output className="page-note" data-testid="page-note">
            {texts.page.refused[state.refused]}
          </output>
        )}
        {state.refused === null && state.inspected !== null && (
          <InspectNote element={state.inspected} />
        )}
      </div>
    </div>
  );
}

/** What an element is, to be copied into a note. */
function InspectNote({ element }: { element: Inspected }) {
  const texts = useText();
  const { name, selector, text, hidden } = element;
  const note = [name, selector, texts.page.states[hidden], text === '' ? null : `“${text}”`]
    .filter((part) => part !== null)
    .join(' · ');
  return (
    <output className="page-note page-inspect" data-testid="page-note" data-hidden={hidden}>
      <span>
        <b>{name}</b> <code>{selector}</code> {texts.page.states[hidden]}
        {text !== '' && <span> “{text}”</span>}
      </span>
      <CopyButton look="outline" text={note} label={texts.page.copyNote} />
    </output>
  );
}

function PageBar({ view, state }: { view: PageView; state: PageViewState }) {
  const texts = useText();
  const can = useCapabilities();
  const color = useSession((all) => participantOf(all.participants, all.you)?.color ?? 0);
  const [asked, setAsked] = useState(false);
  const [zoom, setZoom] = useState<Zoom>('fit');
  const granted = state.grants.length > 0;
  useEffect(() => {
    if (granted) setAsked(false);
  }, [granted]);
  const [mode, setMode] = usePageMode(view, color, granted);
  const small = (label: string, Icon: LucideIcon, run: () => void, testId: string) => (
    <button
      type="button"
      className="page-tool"
      title={label}
      aria-label={label}
      onClick={run}
      data-testid={testId}
    >
      <Icon size={16} aria-hidden="true" />
    </button>
  );
  return (
    <div className="page-bar">
      {state.tabs.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms, this is a choice of views
        <div role="group" aria-label={texts.page.tabs} className="page-tabs">
          {state.tabs.map((tab) => (
            <button
              key={tab.tab}
              type="button"
              className="page-tab"
              aria-pressed={tab.tab === view.tab}
              onClick={() => view.choose(tab.tab)}
              data-testid="page-tab"
              data-front={tab.front}
              data-connected={tab.connected}
              title={tab.url}
            >
              {tab.title || tab.url || `${tab.tab}`}
              {tab.front && state.tabs.length > 1 ? ` (${texts.page.front})` : ''}
            </button>
          ))}
        </div>
      )}
      {can.draw &&
        modes
          .filter(([one]) => one !== 'control' || granted)
          .map(([one, Icon]) => (
            <button
              key={one}
              type="button"
              className="page-tool"
              aria-pressed={mode === one}
              title={texts.page.tools[one]}
              aria-label={texts.page.tools[one]}
              data-testid={`page-${one}`}
              onClick={() => setMode(one)}
            >
              <Icon size={16} aria-hidden="true" />
            </button>
          ))}
      <select
        className="select page-zoom"
        aria-label={texts.page.zoom}
        value={`${zoom}`}
        data-testid="page-zoom"
        onChange={(event) => {
          const chosen = ZOOMS.find((one) => `${one}` === event.target.value) ?? 'fit';
          view.zoom(chosen);
          setZoom(chosen);
        }}
      >
        {ZOOMS.map((one) => (
          <option key={one} value={`${one}`}>
            {one === 'fit' ? texts.page.fit : `${one * 100} %`}
          </option>
        ))}
      </select>
      {state.grants.includes('navigate') &&
        small(texts.page.back, ArrowLeft, () => view.command({ type: 'back' }), 'page-back')}
      {state.grants.includes('navigate') &&
        small(texts.page.reload, RotateCw, () => view.command({ type: 'reload' }), 'page-reload')}
      {state.tabs.some((tab) => tab.recorded === true) && (
        <span className="page-recorded" title={texts.page.recordedHelp} data-testid="page-recorded">
          <CircleDot size={14} aria-hidden="true" />
          {texts.page.recorded}
        </span>
      )}
      <span className="page-state" role="status">
        {granted
          ? texts.page.granted(state.grants.map((kind) => texts.page.kinds[kind]).join(', '))
          : asked
            ? texts.page.asked
            : texts.page.readOnly}
      </span>
      {can.draw && !granted && (
        <Button
          look="outline"
          data-testid="page-ask"
          onClick={() => {
            view.askControl(KINDS);
            setAsked(true);
          }}
        >
          {texts.page.ask}
        </Button>
      )}
    </div>
  );
}
