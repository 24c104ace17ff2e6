import { useEffect } from 'preact/hooks';

/** Keeps the phone's display on while its camera is shown, where the browser can. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let done = false;
    const ask = async () => {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
      try {
        lock = await navigator.wakeLock.request('screen');
        if (done) await lock.release();
      } catch {
        // The battery saver may refuse; the session goes on.
      }
    };
    void ask();
    // A page that was in the background has lost its lock.
    const again = () => void ask();
    document.addEventListener('visibilitychange', again);
    return () => {
      done = true;
      document.removeEventListener('visibilitychange', again);
      lock?.release().catch(() => {});
    };
  }, []);
}
