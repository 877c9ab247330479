/**
 * The event loop asks for the priority that media threads have elsewhere, and goes on without it where it may not. On a machine that is busy
 * with other things it is the difference between the scheduler's tail and ours.
 */
import { getPriority, setPriority } from 'node:os';

const AUDIO_NICENESS = -11;

/** @returns takes it back. */
export function raisePriority(): () => void {
  const before = getPriority();
  if (before <= AUDIO_NICENESS || !attempt(AUDIO_NICENESS)) return () => {};
  return () => void attempt(before);
}

function attempt(niceness: number): boolean {
  try {
    setPriority(niceness);
    return true;
  } catch {
    return false;
  }
}
