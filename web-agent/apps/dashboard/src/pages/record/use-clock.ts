import { useEffect, useState } from 'react';

/** How fast a record plays. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;
export type Speed = (typeof SPEEDS)[number];

export interface Clock {
  /** Milliseconds since the session began. */
  readonly atMs: number;
  readonly playing: boolean;
  readonly speed: Speed;
  readonly seek: (ms: number) => void;
  readonly play: (on: boolean) => void;
  readonly setSpeed: (speed: Speed) => void;
}

/**
 * The time of what is shown; it runs between two moments while it plays.
 *
 * @param holds true while the picture of the moment is not there yet: the clock waits for it
 */
export function useClock(begin: number, end: number, holds: boolean): Clock {
  const [at, setAt] = useState(begin);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(1);
  // The span is known when everything is loaded.
  const atMs = Math.min(end, Math.max(begin, at));
  useEffect(() => {
    if (!playing || holds) return;
    let before = performance.now();
    let timer = requestAnimationFrame(function step(now) {
      // The first step may be dated before the moment it was asked for.
      const passed = Math.max(0, now - before) * speed;
      before = now;
      setAt((last) => Math.min(end, Math.max(begin, last) + passed));
      timer = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(timer);
  }, [playing, holds, speed, begin, end]);
  useEffect(() => {
    if (atMs >= end) setPlaying(false);
  }, [atMs, end]);
  const play = (on: boolean) => {
    if (on && atMs >= end) setAt(begin);
    setPlaying(on);
  };
  return { atMs, playing, speed, seek: setAt, play, setSpeed };
}
