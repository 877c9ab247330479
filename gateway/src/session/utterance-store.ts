/**
 * The last utterances (and clips of evidence) of one session, for clients to fetch. Bounded by number and by bytes: the oldest goes first, and is counted. It
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

const MAX_NUMBERS = 64;

export class UtteranceStore {
  readonly #limits: UtteranceLimits;
  readonly #kept = new Map<number, StoredUtterance>();
  /** Number by node and the node's own index, of the last ones. */
  readonly #numbers = new Map<string, number>();
  #next = 0;
  #bytes = 0;
  /** Utterances thrown away for room. */
  evicted = 0;

  constructor(limits: UtteranceLimits) {
    this.#limits = limits;
  }

  /** Keeps an utterance. @returns its number in the session. */
  add(nodeId: string, nodeIndex: number, sampleRate: number, samples: Int16Array): number {
    const index = this.number(nodeId, nodeIndex);
    this.#kept.set(index, { index, sampleRate, samples });
    this.#bytes += samples.byteLength;
    while (this.#kept.size > this.#limits.utterances || this.#bytes > this.#limits.bytes) this.#evict();
    return index;
  }

  /** The session's number of a node's utterance, given when it is first heard of: by its event or by its audio. */
  number(nodeId: string, nodeIndex: number): number {
    const key = `${nodeId}\n${nodeIndex}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#next);
    // Event and audio come close together: a few numbers are enough.
    if (this.#numbers.size > MAX_NUMBERS) this.#numbers.delete(this.#numbers.keys().next().value!);
    return this.#next++;
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
    this.#bytes -= oldest.samples.byteLength;
    this.evicted++;
  }
}
