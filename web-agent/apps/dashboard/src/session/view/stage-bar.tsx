import type { Surface, SurfaceKind } from '@sightline/protocol';
import { CircleDot, Globe, Monitor, Plus, Smartphone, Video } from 'lucide-react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { useCapabilities, useDesk, useDeskState, useSession } from '../context';
import { surfaceName } from '../model/announce';
import {
  customerOf,
  deliveryMs,
  type StageView,
  surfacesToAskFor,
  surfacesToShow,
} from '../model/select';
import './stage-bar.css';

interface StageBarProps {
  surface: Surface | null;
  view: StageView;
}

/** Which surface is looked at, which could be asked for, and how late a mark arrives. */
export function StageBar({ surface, view }: StageBarProps) {
  const texts = useText();
  const desk = useDesk();
  const can = useCapabilities();
  const session = useSession((state) => state);
  const surfaces = surfacesToShow(session);
  const asked = useDeskState((state) => state.asked);
  const missing = surfacesToAskFor(session);
  const onPage = surfaces.some((one) => one.kind === 'page');
  const labels = {
    page: texts.page.askPage,
    camera: onPage ? texts.page.phone : texts.stage.askCamera,
    screen: texts.stage.askScreen,
  };
  const canAsk = can.askForSurface && surfaces.length > 0;
  return (
    <div className="stage-bar">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms, this is a choice of views */}
      <div role="group" aria-label={texts.stage.surfaces}>
        {surfaces.map((one) => (
          <button
            key={one.id}
            type="button"
            className="stage-tab"
            aria-pressed={one.id === surface?.id}
            data-testid="surface-tab"
            data-kind={one.kind}
            onClick={() => desk.choose(one.id)}
          >
            <KindIcon kind={one.kind} />
            {surfaceName(one.kind, texts)}
          </button>
        ))}
      </div>
      {canAsk &&
        missing.map((kind) => (
          <Button
            key={kind}
            className="stage-ask"
            aria-label={labels[kind]}
            title={labels[kind]}
            aria-disabled={asked === kind || undefined}
            data-testid={`ask-${kind}`}
            onClick={() => desk.ask(kind)}
          >
            {kind === 'camera' && onPage ? (
              <Smartphone size={14} aria-hidden="true" />
            ) : (
              <Plus size={14} aria-hidden="true" />
            )}
            {asked === kind ? `${surfaceName(kind, texts)} …` : surfaceName(kind, texts)}
          </Button>
        ))}
      {surface?.kept === true && surface.kind !== 'page' && (
        <span className="stage-kept" title={texts.page.recordedHelp} data-testid="surface-kept">
          <CircleDot size={14} aria-hidden="true" />
          {texts.page.recorded}
        </span>
      )}
      {view === 'live' && <Delay />}
    </div>
  );
}

/** The icon of a kind of surface. */
export function KindIcon({ kind }: { kind: SurfaceKind }) {
  const Icon = kind === 'page' ? Globe : kind === 'screen' ? Monitor : Video;
  return <Icon size={16} aria-hidden="true" />;
}

function Delay() {
  const texts = useText();
  const echoMs = useDeskState((state) => state.echoMs);
  const ms = useSession((state) => {
    const customer = customerOf(state.participants);
    const quality = customer === null ? null : (state.quality.get(customer.id) ?? null);
    return deliveryMs(state.rttMs, echoMs, quality);
  });
  return (
    <span className="stage-delay" data-testid="delay" data-ms={ms ?? undefined}>
      <span className="stage-delay-long">
        {ms === null ? texts.session.arrivesUnknown : texts.session.arrives(ms)}
      </span>
      <span className="stage-delay-short" aria-hidden="true">
        {ms === null ? '–' : texts.session.arrivesShort(ms)}
      </span>
    </span>
  );
}
