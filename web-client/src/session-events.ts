/**
 * The events of a session as they reach a client, and the gate that merges their two ways (data channel and WebSocket) into one
 * stream: each sequence number passes once, whichever way was faster.
 */

/** Fields that every event has. Times are on the session's media timeline: 0 is the first audio packet. */
export interface SessionEventBase {
  seq: number;
  session_id: string;
  /** Which node said it; null when the session itself did. */
  node_id: string | null;
  media_time_samples: number;
  sample_rate: number;
  /** When it happened. */
  media_time_ms: number;
  /** When the pipeline knew, so that `detection_delay_ms` is `detected_at_ms - media_time_ms`. */
  detected_at_ms: number;
  detection_delay_ms: number;
}

export type SessionEvent = SessionEventBase &
  (
    | { type: 'session_started'; pipeline: string; runtime: string }
    | { type: 'session_closed'; reason: string; code?: string; message?: string }
    | {
        type: 'speech_started';
        probability: number;
        level_dbfs: number;
        reason: string;
        prefix_padding_ms: number;
      }
    | { type: 'speech_stopped'; probability: number; level_dbfs: number; reason: string; duration_ms: number }
    | { type: 'speech_misfire' }
    | { type: 'vad_probability'; probability: number; speech: boolean }
    | {
        type: 'utterance';
        index: number;
        duration_ms: number;
        probability: number;
        reason: string;
        continues: boolean;
        audio_sample_rate: number;
        url: string;
      }
    | {
        type: 'audio_level';
        rms_dbfs: number;
        peak_dbfs: number;
        is_silence: boolean;
        is_low_volume: boolean;
      }
    | { type: 'gap'; cause: string; filled_with: string; duration_ms: number }
    | { type: 'node_error'; code: string; message: string; policy: string }
  );

export type SessionEventType = SessionEvent['type'];
export type SessionEventOf<Type extends SessionEventType> = Extract<SessionEvent, { type: Type }>;

/** How far back a late copy may be and still be recognised. */
const WINDOW = 2048;

export class EventGate {
  duplicates = 0;
  malformed = 0;
  #highest = -1;
  #accepted = 0;
  readonly #recent = new Set<number>();

  /** Sequence numbers that have been skipped and not seen since. */
  get missing(): number {
    return this.#highest + 1 - this.#accepted;
  }

  /** The event if it is well-formed and new, else undefined. */
  admit(value: unknown): SessionEvent | undefined {
    const event = parseEvent(value);
    if (event === undefined) {
      this.malformed++;
      return undefined;
    }
    const { seq } = event;
    if (this.#recent.has(seq) || seq <= this.#highest - WINDOW) {
      this.duplicates++;
      return undefined;
    }
    this.#recent.add(seq);
    this.#accepted++;
    if (seq > this.#highest) this.#advance(seq);
    return event;
  }

  #advance(seq: number): void {
    this.#highest = seq;
    if (this.#recent.size <= 2 * WINDOW) return;
    for (const old of this.#recent) if (old <= seq - WINDOW) this.#recent.delete(old);
  }
}

function parseEvent(value: unknown): SessionEvent | undefined {
  let event = value;
  if (typeof value === 'string') {
    try {
      event = JSON.parse(value);
    } catch {
      return undefined;
    }
  }
  if (typeof event !== 'object' || event === null) return undefined;
  const { type, seq, media_time_ms: mediaTimeMs } = event as Record<string, unknown>;
  const valid = typeof type === 'string' && Number.isSafeInteger(seq) && typeof mediaTimeMs === 'number';
  return valid ? (event as SessionEvent) : undefined;
}
