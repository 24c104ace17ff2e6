import type { Fit } from '@sightline/board';
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** The view is filled as long as at least this share of the picture stays visible. */
const ENOUGH_VISIBLE = 0.6;

/** Whether a picture fills a view or is shown whole: a drawing outside the view would be missed. */
export function fitFor(
  view: { readonly width: number; readonly height: number },
  picture: { readonly width: number; readonly height: number },
): Fit {
  if (view.width * view.height * picture.width * picture.height === 0) return 'cover';
  const ratio = (view.width / view.height) * (picture.height / picture.width);
  return Math.min(ratio, 1 / ratio) >= ENOUGH_VISIBLE ? 'cover' : 'contain';
}

/** The fit of a video, which follows a turned phone; a screen is always shown whole. */
export function useFit(video: RefObject<HTMLVideoElement | null>, whole: boolean): Fit {
  const [fit, setFit] = useState<Fit>('cover');
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    const measure = () => {
      const picture = { width: element.videoWidth, height: element.videoHeight };
      const view = { width: window.innerWidth, height: window.innerHeight };
      setFit(whole ? 'contain' : fitFor(view, picture));
    };
    measure();
    const abort = new AbortController();
    const { signal } = abort;
    element.addEventListener('resize', measure, { signal });
    element.addEventListener('loadedmetadata', measure, { signal });
    addEventListener('resize', measure, { signal });
    return () => abort.abort();
  }, [video, whole]);
  return fit;
}
