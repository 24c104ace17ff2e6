import { useEffect, useRef } from 'react';
import { part } from '../../app/part';
import { useText } from '../../i18n';
import { useCapabilities, useDeskState, useSession } from '../context';
import { displayName, surfaceName } from '../model/announce';
import { participantOf, stageView, surfaceToShow } from '../model/select';
import { ConnectionBanner, FrozenBanner, HiddenChip, NoticeBar } from './banners';
import { MarkTip } from './mark-tip';
import { StageBar } from './stage-bar';
import { StageVeil } from './stage-veil';
import { TextEntry } from './text-entry';
import { useBoard } from './use-board';
import './stage.css';

/** Few sessions have a shared page. */
const PageStage = part(() => import('../page/page-stage').then((it) => it.PageStage));

/** The picture with everything that is drawn on it. */
export function Stage() {
  const texts = useText();
  const can = useCapabilities();
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const chosen = useDeskState((state) => state.surface);
  const surface = useSession((state) => surfaceToShow(state, chosen));
  const view = useSession((state) => stageView(state, surfaceToShow(state, chosen)));
  const stream = useSession(
    (state) =>
      state.tracks.find((track) => track.kind === 'video' && track.surface === surface?.id)?.stream,
  );
  const owner = useSession((state) => participantOf(state.participants, surface?.owner ?? null));
  const frozen = useDeskState((state) => state.frozen !== null);
  const tool = useDeskState((state) => state.tool);
  const drawing = can.draw && view === 'live';
  const { request, hovered } = useBoard({ video, canvas, surface, drawing });

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream ?? null;
    // A muted picture may always play; only a change of the stream interrupts this.
    if (stream !== undefined) element.play().catch(() => {});
  }, [stream]);

  const label =
    surface === null
      ? texts.stage.waitingTitle
      : texts.stage.picture(surfaceName(surface.kind, texts), displayName(owner, texts));
  return (
    <main className="stage">
      <StageBar surface={surface} view={view} />
      <div
        className="stage-view"
        data-testid="stage"
        data-view={view}
        data-frozen={frozen}
        data-surface={surface?.kind}
      >
        <video
          ref={video}
          className="stage-picture"
          data-testid="surface-video"
          aria-label={label}
          autoPlay
          muted
          playsInline
          disablePictureInPicture
        />
        <canvas
          ref={canvas}
          className="stage-picture"
          data-testid="surface-canvas"
          data-tool={drawing ? tool : undefined}
        />
        {request !== null && <TextEntry request={request} />}
        {hovered !== null && request === null && <MarkTip hovered={hovered} />}
        {view === 'page' && surface !== null && (
          <PageStage
            surface={surface}
            fallback={<StageVeil view="opening" surface={surface} owner={owner} />}
          />
        )}
        <StageVeil view={view} surface={surface} owner={owner} />
        <div className="stage-top">
          <ConnectionBanner />
          <FrozenBanner />
          {view === 'live' && surface !== null && <HiddenChip surface={surface} />}
        </div>
        <div className="stage-foot">
          <NoticeBar />
        </div>
      </div>
    </main>
  );
}
