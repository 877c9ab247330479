/** Packet indices and the replay window of one stream (RFC 3711 3.3). Numbers: an index has 48 bits. */
import type { Refusal } from './counters.js';

/** Indices remembered behind the newest one: 2.5 s of 20 ms packets. RFC 3711 asks for 64 at least. */
const WINDOW = 128;
const SEQUENCES = 1 << 16;
const MAX_INDEX = 2 ** 48;

export class ReplayWindow {
  #highest: number;
  /** By index modulo the window. */
  readonly #seen = new Uint8Array(WINDOW);

  /** The window of a stream whose first authenticated packet has this index. */
  constructor(index: number) {
    this.#highest = index;
    this.#seen[index % WINDOW] = 1;
  }

  /** The index nearest to the newest (RFC 3711 3.3.1), or undefined before the first and past the last that there can be. */
  indexOf(sequence: number): number | undefined {
    const step = ((sequence - this.#highest) << 16) >> 16;
    const index = this.#highest + step;
    return index >= 0 && index < MAX_INDEX ? index : undefined;
  }

  /** Refuses what was seen, or is too old to tell. Changes nothing: the packet is not authenticated yet. */
  check(index: number): Refusal | undefined {
    if (index > this.#highest) return undefined;
    if (this.#highest - index >= WINDOW) return 'srtp_too_old';
    return this.#seen[index % WINDOW] === 1 ? 'srtp_replayed' : undefined;
  }

  /** Marks an authenticated packet as seen. */
  accept(index: number): void {
    const first = Math.max(this.#highest + 1, index - WINDOW + 1);
    for (let passed = first; passed < index; passed++) this.#seen[passed % WINDOW] = 0;
    this.#highest = Math.max(this.#highest, index);
    this.#seen[index % WINDOW] = 1;
  }
}

/** How often the sequence number had wrapped. */
export function rolloverCounter(index: number): number {
  return Math.floor(index / SEQUENCES);
}
