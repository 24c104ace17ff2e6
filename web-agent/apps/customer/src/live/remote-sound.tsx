import type { RemoteTrack } from '@sightline/protocol';
import { useEffect, useRef } from 'preact/hooks';

/** Plays the others' sound. */
export function RemoteSound({ tracks }: { tracks: readonly RemoteTrack[] }) {
  return (
    <>
      {tracks
        .filter(({ kind }) => kind === 'audio')
        .map(({ mid, stream }) => (
          <Sound key={mid} stream={stream} />
        ))}
    </>
  );
}

function Sound({ stream }: { stream: MediaStream }) {
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const element = audio.current;
    if (element === null) return;
    element.srcObject = stream;
    // The person has tapped to share before, so browsers let sound play.
    element.play().catch((error) => console.warn('the sound does not play', error));
  }, [stream]);
  // biome-ignore lint/a11y/useMediaCaption: live speech has no captions; the chat is beside it.
  return <audio ref={audio} autoPlay />;
}
