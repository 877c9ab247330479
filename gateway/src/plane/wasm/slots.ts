/** Handles that are safe to keep: that of a closed session never means another one, until its slot was used 65 536 times more. */

/** Slots that rest before one is used again, where there is room. */
const REST = 64;

export class Slots<T> {
  readonly #entries: { handle: number; value: T | undefined }[] = [];
  /** Freed first, used first: generations wrap as late as possible. */
  readonly #free: number[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.length - this.#free.length;
  }

  /** Of the next value; undefined when all slots are in use. */
  get nextHandle(): number | undefined {
    const { length } = this.#entries;
    return length < this.#limit && this.#free.length < REST ? length : this.#free[0];
  }

  /** Puts a value at `nextHandle`, which must exist. */
  insert(value: T): void {
    const handle = this.nextHandle!;
    if (slotOf(handle) < this.#entries.length) this.#free.shift();
    this.#entries[slotOf(handle)] = { handle, value };
  }

  get(handle: number): T | undefined {
    const entry = this.#entries[slotOf(handle)];
    return entry?.handle === handle ? entry.value : undefined;
  }

  remove(handle: number): T | undefined {
    const value = this.get(handle);
    if (value === undefined) return undefined;
    this.#entries[slotOf(handle)]!.value = undefined;
    // One more in the upper half: how often the slot had been used.
    this.#free.push((handle + 0x1_0000) >>> 0);
    return value;
  }

  *handles(): Generator<number> {
    for (const { handle, value } of this.#entries) if (value !== undefined) yield handle;
  }
}

function slotOf(handle: number): number {
  return handle & 0xffff;
}
