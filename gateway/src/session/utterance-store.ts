/**
 * The last utterances of one session, for clients to fetch. Bounded by number and by bytes: the oldest goes first, and is counted. It
 * numbers them per session, as nodes count their own.
 */

export interface StoredUtterance {
  /** Counts the utterances of the session from 0. */
  readonly index: number;
  readonly sampleRate: number;
  readonly samples: Int16Array;
}

export interface UtteranceLimits {
  readonly utterances: number;
  readonly bytes: number;
}

export const DEFAULT_UTTERANCE_LIMITS: UtteranceLimits = { utterances: 16, bytes: 8 * 1024 * 1024 };

export class UtteranceStore {
  readonly #limits: UtteranceLimits;
  readonly #kept = new Map<number, StoredUtterance>();
  /** Number by node and the node's own index, as far as kept. */
  readonly #numbers = new Map<string, number>();
  #next = 0;
  #bytes = 0;
  /** Utterances thrown away for room. */
  evicted = 0;

  constructor(limits: UtteranceLimits) {
    this.#limits = limits;
  }

  /** @returns the utterance's number in the session. */
  add(nodeId: string, nodeIndex: number, sampleRate: number, samples: Int16Array): number {
    const index = this.#next++;
    this.#kept.set(index, { index, sampleRate, samples });
    this.#numbers.set(`${nodeId}\n${nodeIndex}`, index);
    this.#bytes += samples.byteLength;
    while (this.#kept.size > this.#limits.utterances || this.#bytes > this.#limits.bytes) this.#evict();
    return index;
  }

  /** The session's number of a node's utterance. */
  number(nodeId: string, nodeIndex: number): number | undefined {
    return this.#numbers.get(`${nodeId}\n${nodeIndex}`);
  }

  get(index: number): StoredUtterance | undefined {
    return this.#kept.get(index);
  }

  list(): StoredUtterance[] {
    return [...this.#kept.values()];
  }

  clear(): void {
    this.#kept.clear();
    this.#numbers.clear();
    this.#bytes = 0;
  }

  #evict(): void {
    const oldest = this.#kept.values().next().value;
    if (!oldest) return;
    this.#kept.delete(oldest.index);
    for (const [key, index] of this.#numbers) if (index === oldest.index) this.#numbers.delete(key);
    this.#bytes -= oldest.samples.byteLength;
    this.evicted++;
  }
}
