/** Where an event stands in the list: in the order in which events are told, which is that of their ends. */
import type { SessionEvent } from '../src/index.js';

export interface EventTime {
  /** Of what lasts and is told when it is over, the end. */
  readonly atMs: number;
  /** Where it began, of what lasts. */
  readonly fromMs?: number;
  /** How much media it took to be sure since then. */
  readonly delayMs: number;
}

export function timeOf(event: SessionEvent): EventTime {
  const { media_time_ms: fromMs, detection_delay_ms: delayMs } = event;
  switch (event.type) {
    case 'utterance':
    case 'commit_pending':
    case 'audio_chunk':
    case 'audio_evidence':
      return { atMs: fromMs + event.duration_ms, fromMs, delayMs: delayMs - event.duration_ms };
    default:
      return { atMs: fromMs, delayMs };
  }
}
