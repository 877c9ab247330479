/** A queue that holds so much and no more: who puts waits for room, who takes waits for more. One reader. */

/** Bytes that may wait in a queue: one item beyond it, and who puts waits. */
const MOST_BYTES = 4_194_304;

export class QueueClosed extends Error {
  override readonly name = 'QueueClosed';
}

export class BoundedQueue<T> {
  readonly #capacity: number;
  readonly #bytesOf: (item: T) => number;
  readonly #items: { readonly item: T; readonly bytes: number }[] = [];
  #bytes = 0;
  readonly #writers: { resolve(): void; reject(reason: unknown): void }[] = [];
  #reader: { resolve(result: IteratorResult<T, undefined>): void; reject(reason: unknown): void } | undefined;
  #isEnded = false;
  #failure: { readonly reason: unknown } | undefined;
  #last: { readonly reason: unknown } | undefined;

  /**
   * @param capacity items that may wait.
   * @param bytesOf how large one is.
   */
  constructor(capacity: number, bytesOf: (item: T) => number) {
    this.#capacity = capacity;
    this.#bytesOf = bytesOf;
  }

  /** Whether who puts has to wait. */
  get isFull(): boolean {
    return this.#items.length >= this.#capacity || this.#bytes >= MOST_BYTES;
  }

  /** Resolves when the item is in the queue and there is room for another; `undefined` where that is so at once. */
  put(item: T): Promise<void> | undefined {
    if (this.#failure) throw this.#failure.reason;
    if (this.#isEnded) throw new QueueClosed('nothing can follow the end');
    if (this.#reader) {
      const reader = this.#reader;
      this.#reader = undefined;
      reader.resolve({ done: false, value: item });
      return undefined;
    }
    const bytes = this.#bytesOf(item);
    this.#items.push({ item, bytes });
    this.#bytes += bytes;
    if (!this.isFull) return undefined;
    return new Promise((resolve, reject) => this.#writers.push({ resolve, reject }));
  }

  /** The next item; done after the last one, and rejected once the queue has failed. */
  take(): Promise<IteratorResult<T, undefined>> {
    if (this.#failure) return Promise.reject(this.#failure.reason);
    const next = this.#items.shift();
    if (next) {
      this.#bytes -= next.bytes;
      if (!this.isFull) for (const writer of this.#writers.splice(0)) writer.resolve();
      return Promise.resolve({ done: false, value: next.item });
    }
    if (this.#last) return Promise.reject(this.#last.reason);
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  /** Nothing follows; what is in it can still be taken. */
  end(): void {
    this.#isEnded = true;
    this.#reader?.resolve({ done: true, value: undefined });
    this.#reader = undefined;
  }

  /** What is in it can still be taken; then comes the failure. Writers are told at once. */
  failAfterRest(reason: unknown): void {
    this.#last ??= { reason };
    this.#isEnded = true;
    if (this.#reader) this.#reader.reject(reason);
    this.#reader = undefined;
    for (const writer of this.#writers.splice(0)) writer.reject(reason);
  }

  /** Whoever waits is told; what is in it is lost. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#items.length = 0;
    this.#bytes = 0;
    this.#reader?.reject(reason);
    this.#reader = undefined;
    for (const writer of this.#writers.splice(0)) writer.reject(reason);
  }
}

/** Several puts: `undefined` where there is room everywhere. One that fails at once leaves no other unheard. */
export function putAll(puts: readonly (() => Promise<void> | undefined)[]): Promise<void> | undefined {
  const waits: Promise<void>[] = [];
  for (const put of puts) {
    try {
      const wait = put();
      if (wait) waits.push(wait);
    } catch (reason) {
      waits.push(Promise.reject(reason));
    }
  }
  return waits.length === 0 ? undefined : Promise.all(waits).then(() => {});
}
