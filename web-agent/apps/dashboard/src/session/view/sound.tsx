import type { RemoteTrack } from '@sightline/protocol';
import { Volume2 } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { useSession } from '../context';
import './sound.css';

/** Plays what others say. */
export function Sound() {
  const tracks = useSession((state) => state.tracks);
  const sounds = useMemo(() => tracks.filter((track) => track.kind === 'audio'), [tracks]);
  return sounds.map((track) => <Voice key={track.mid} track={track} />);
}

/** One voice; offers a button where the browser wants a tap before it plays sound. */
function Voice({ track }: { track: RemoteTrack }) {
  const texts = useText();
  const audio = useRef<HTMLAudioElement>(null);
  const [blocked, setBlocked] = useState(false);
  const play = () => {
    audio.current?.play().then(
      () => setBlocked(false),
      (error: unknown) =>
        setBlocked(error instanceof DOMException && error.name === 'NotAllowedError'),
    );
  };
  useEffect(() => {
    if (audio.current === null) return;
    audio.current.srcObject = track.stream;
    audio.current.play().catch((error: unknown) => {
      setBlocked(error instanceof DOMException && error.name === 'NotAllowedError');
    });
  }, [track.stream]);
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: live speech between people has no captions */}
      <audio ref={audio} />
      {blocked && (
        <Button look="primary" className="sound-blocked" onClick={play}>
          <Volume2 size={16} aria-hidden="true" />
          {texts.stage.sound}
        </Button>
      )}
    </>
  );
}
