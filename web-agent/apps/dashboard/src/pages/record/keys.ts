import { type Clock, SPEEDS } from './use-clock';

const JUMP_MS = 10_000;
/** One picture of thirty a second. */
const STEP_MS = 1_000 / 30;

/**
 * What a key does to the player; false when it is none of its keys. Keys are chosen by what they
 * write, so that they stay where a keyboard's owner looks for them.
 */
export function playerKey(key: string, clock: Clock): boolean {
  const { atMs, playing, speed } = clock;
  const faster = (by: 1 | -1) => {
    const next = SPEEDS[SPEEDS.indexOf(speed) + by];
    if (next !== undefined) clock.setSpeed(next);
  };
  const step = (by: number) => {
    clock.play(false);
    clock.seek(atMs + by);
  };
  switch (key) {
    case ' ':
    case 'k':
      clock.play(!playing);
      return true;
    case 'j':
      clock.seek(atMs - JUMP_MS);
      return true;
    case 'l':
      clock.seek(atMs + JUMP_MS);
      return true;
    case ',':
      step(-STEP_MS);
      return true;
    case '.':
      step(STEP_MS);
      return true;
    case '<':
      faster(-1);
      return true;
    case '>':
      faster(1);
      return true;
    default:
      return false;
  }
}
