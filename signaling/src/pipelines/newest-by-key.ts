/** Work on things that change while it is done: of one thing, one at a time, and of what waits only the newest. */
export class NewestByKey {
  readonly #waiting = new Map<string, () => Promise<void>>();
  readonly #running = new Map<string, Promise<void>>();

  /** @returns when nothing is left to do for the key. @param work never rejects. */
  run(key: string, work: () => Promise<void>): Promise<void> {
    this.#waiting.set(key, work);
    const running = this.#running.get(key) ?? this.#drain(key);
    this.#running.set(key, running);
    return running;
  }

  async #drain(key: string): Promise<void> {
    for (let next = this.#waiting.get(key); next; next = this.#waiting.get(key)) {
      this.#waiting.delete(key);
      await next();
    }
    this.#running.delete(key);
  }
}
