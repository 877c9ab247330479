/**
 * Results on their way to the reader of an HTTP stream: kept until they are read, and after that as long as there is room, for a reader whose
 * connection broke. Bounded: where everything is unread, `put` waits, and with it the pipeline.
 */

export interface ReplayEntry {
  /** One more than that of the entry before. */
  readonly id: number;
  readonly text: string;
}

export interface ReplayLimits {
  readonly items: number;
  /** Of text, in UTF-16 units. */
  readonly bytes: number;
}

export class ReplayBuffer {
  readonly #limits: ReplayLimits;
  readonly #entries: ReplayEntry[] = [];
  #bytes = 0;
  #lastRead = -1;
  #isOver = false;
  #changed = signal();

  constructor(limits: ReplayLimits) {
    this.#limits = limits;
  }

  /** Every entry was read, and no other will come. */
  get isExhausted(): boolean {
    return this.#isOver && (this.#entries.at(-1)?.id ?? -1) <= this.#lastRead;
  }

  /** Resolves when the entry is in. After `end` it does nothing. */
  async put(entry: ReplayEntry): Promise<void> {
    while (!this.#isOver && !this.#makeRoom()) await this.#changed.promise;
    if (this.#isOver) return;
    this.#entries.push(entry);
    this.#bytes += entry.text.length;
    this.#tell();
  }

  /** No more entries will come. What is there can still be read. */
  end(): void {
    this.#isOver = true;
    this.#tell();
  }

  /** How many entries after `id` were there and are gone. */
  lostAfter(id: number): number {
    return Math.max(0, this.#first - id - 1);
  }

  /** Highest id that was read; -1 before the first. After it a reader begins that has read nothing itself. */
  get lastRead(): number {
    return this.#lastRead;
  }

  /** The first entry after `id`, which counts as read then; null at the end, undefined where there is none yet. */
  next(id: number): ReplayEntry | null | undefined {
    const entry = this.#entries[Math.max(0, id + 1 - this.#first)];
    if (!entry) return this.#isOver ? null : undefined;
    if (entry.id > this.#lastRead) {
      this.#lastRead = entry.id;
      this.#tell();
    }
    return entry;
  }

  /** Resolves when something has changed: an entry came or was read, or the end did. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  get #first(): number {
    return this.#entries[0]?.id ?? this.#lastRead + 1;
  }

  /** Lets the oldest entries go that have been read. Whether there is room then. An empty buffer always has. */
  #makeRoom(): boolean {
    const { items, bytes } = this.#limits;
    const isFull = () => this.#entries.length >= items || this.#bytes >= bytes;
    while (isFull() && this.#entries.length > 0 && this.#entries[0]!.id <= this.#lastRead) {
      this.#bytes -= this.#entries.shift()!.text.length;
    }
    return !isFull();
  }

  #tell(): void {
    const { resolve } = this.#changed;
    this.#changed = signal();
    resolve();
  }
}

function signal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
