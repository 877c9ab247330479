/**
 * Events on their way to one client's data channel. Before the channel is open they wait, in order and bounded; when the client reads too
 * slowly, frequent measurements are dropped first and everything at last. Each drop is counted: the client sees it as a hole in `seq`.
 */
import type { SessionEvent } from './events.js';

/** What this uses of an RTCDataChannel. */
export interface TextChannel {
  readonly readyState: string;
  /** Bytes that the client has not taken yet. */
  readonly bufferedAmount: number;
  send(text: string): void;
}

export const EVENT_CHANNEL_LABEL = 'events';

/** Events that wait for the channel to open. */
export const MAX_WAITING = 256;
/** Above this many unsent bytes measurements are dropped. */
export const HIGH_WATER_BYTES = 64 * 1024;
/** Above this many everything is. */
export const FULL_BYTES = 1024 * 1024;

/** Many a second; a client can do without one. */
const MEASUREMENTS = new Set([
  'vad_probability',
  'audio_level',
  'loudness',
  'audio_chunk',
  'spectrum',
  'log_mel',
]);

export class EventChannel {
  #channel: TextChannel | undefined;
  #waiting: SessionEvent[] | undefined = [];
  /** Events that the client did not get. */
  dropped = 0;

  get attached(): boolean {
    return this.#channel !== undefined;
  }

  /** The client has no data channel: nothing waits, nothing is dropped. */
  disable(): void {
    this.#waiting = undefined;
  }

  /** From now on events go here; what waited goes first. The channel is open. */
  attach(channel: TextChannel): void {
    this.#channel = channel;
    for (const event of this.#waiting?.splice(0) ?? []) this.#deliver(channel, event);
  }

  detach(channel: TextChannel): void {
    if (this.#channel === channel) this.#channel = undefined;
  }

  send(event: SessionEvent): void {
    if (this.#channel) this.#deliver(this.#channel, event);
    else if (this.#waiting) this.#wait(this.#waiting, event);
  }

  #wait(waiting: SessionEvent[], event: SessionEvent): void {
    waiting.push(event);
    if (waiting.length <= MAX_WAITING) return;
    const measurement = waiting.findIndex(({ type }) => MEASUREMENTS.has(type));
    waiting.splice(Math.max(measurement, 0), 1);
    this.dropped++;
  }

  #deliver(channel: TextChannel, event: SessionEvent): void {
    const limit = MEASUREMENTS.has(event.type) ? HIGH_WATER_BYTES : FULL_BYTES;
    if (channel.readyState !== 'open' || channel.bufferedAmount > limit) {
      this.dropped++;
      return;
    }
    try {
      channel.send(JSON.stringify(event));
    } catch {
      // Larger than the client takes (RFC 8841 5), or closed meanwhile.
      this.dropped++;
    }
  }
}
