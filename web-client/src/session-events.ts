/**
 * The events of a session as they reach a client, and the gate that merges their two ways (data channel and WebSocket) into one
 * stream: each sequence number passes once, whichever way was faster.
 */
import type { GatewayEvent, GatewayEventType } from '@remotemedia/signaling/protocol';

export type SessionEvent = GatewayEvent;
export type SessionEventType = GatewayEventType;
export type SessionEventOf<Type extends SessionEventType> = Extract<GatewayEvent, { type: Type }>;

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
