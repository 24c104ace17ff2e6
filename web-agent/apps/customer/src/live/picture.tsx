import { bindOverlay, frameTimesWanted, looksOf, Overlay } from '@sightline/board';
import type { SessionClient } from '@sightline/protocol';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Sharing } from '../model/sharing';
import type { Shareable } from '../model/visit';
import { useText } from '../ui/hooks';
import { CameraIcon, EyeOffIcon } from '../ui/icons';
import { type Guidance, guidanceOf } from './guidance';
import { GuidancePill } from './guidance-pill';
import { useFit } from './use-fit';

/** From the camera to the wire: a frame waits for the encoder and for its turn to be sent. */
const SENDING_MS = 40;

interface PictureProps {
  readonly client: SessionClient;
  readonly sharing: Sharing;
  readonly onShare: (kind: Shareable) => void;
}

/** The own picture as the others see it, with the drawings on it. */
export function Picture({ client, sharing, onShare }: PictureProps) {
  const text = useText();
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [guidance, setGuidance] = useState<Guidance | null>(null);
  const { stream, kind, paused } = sharing.state;
  const surface = sharing.surface()?.id ?? null;
  const { rttMs } = client.state;
  const overlay = useRef<Overlay | null>(null);
  const fit = useFit(video, kind === 'screen');

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream;
    // Without a gesture a muted video may still be refused, in a power-saving mode for example; the
    // others see the picture all the same.
    if (stream !== null) element.play().catch(() => {});
  }, [stream]);

  useEffect(() => {
    if (video.current === null || canvas.current === null || surface === null) return;
    const created = new Overlay({
      video: video.current,
      canvas: canvas.current,
      fit,
      source: 'local',
      frameTimes: frameTimesWanted(location.search),
      ...looksOf(client),
    });
    overlay.current = created;
    const unbind = bindOverlay(created, client, surface);
    const stop = created.onDrawn((drawn) => {
      setGuidance((before) => {
        const next = guidanceOf(drawn, (one) => created.directionTo(one));
        return next === before ? before : next;
      });
    });
    return () => {
      stop();
      unbind();
      created.dispose();
      overlay.current = null;
      setGuidance(null);
    };
  }, [client, surface, kind]);

  useEffect(() => overlay.current?.setFit(fit), [fit]);

  useEffect(() => {
    overlay.current?.setPoseDelay((rttMs ?? 60) + SENDING_MS);
  }, [rttMs, surface]);

  return (
    <section class={`picture ${fit}`} aria-label={text('live_label')}>
      <video ref={video} muted playsInline autoPlay disablePictureInPicture />
      <canvas ref={canvas} />
      {paused && (
        <div class="curtain">
          <EyeOffIcon />
          <h2>{text('paused_title')}</h2>
          <p>{text('paused_text')}</p>
        </div>
      )}
      {kind === null && (
        <div class="curtain">
          <EyeOffIcon />
          <h2>{text('not_sharing_title')}</h2>
          <p>{text('not_sharing_text')}</p>
          <button
            type="button"
            class="primary"
            aria-disabled={sharing.state.busy}
            onClick={() => onShare('camera')}
          >
            <CameraIcon />
            {text('allow_resume_camera')}
          </button>
        </div>
      )}
      {!paused && kind !== null && <GuidancePill guidance={guidance} />}
    </section>
  );
}
