/** The deadlines of all sessions behind one timer, which is set for the nearest. */

const LATEST_MS = 2 ** 31 - 1;

export class Deadlines {
  readonly #due = new Map<number, number>();
  readonly #nowUs: () => number;
  readonly #fire: (handle: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #armedForUs = Number.POSITIVE_INFINITY;

  /** @param fire works for one session whose deadline has passed, and sets its next one. */
  constructor(nowUs: () => number, fire: (handle: number) => void) {
    this.#nowUs = nowUs;
    this.#fire = fire;
  }

  /** @param atUs infinity for none. */
  set(handle: number, atUs: number): void {
    this.#due.set(handle, atUs);
    // A deadline that moved away costs one idle turn of the timer, not a new timer a packet.
    if (atUs < this.#armedForUs) this.#arm(atUs);
  }

  delete(handle: number): void {
    this.#due.delete(handle);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#due.clear();
    this.#armedForUs = Number.POSITIVE_INFINITY;
  }

  #arm(atUs: number): void {
    clearTimeout(this.#timer);
    this.#armedForUs = atUs;
    if (atUs === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.min(Math.max(Math.ceil((atUs - this.#nowUs()) / 1000), 1), LATEST_MS);
    // After the sockets were read: packets that waited for the event loop are not late because it was.
    this.#timer = setTimeout(() => setImmediate(() => this.#turn()), delayMs);
    this.#timer.unref();
  }

  #turn(): void {
    this.#armedForUs = Number.POSITIVE_INFINITY;
    const nowUs = this.#nowUs();
    for (const [handle, atUs] of this.#due) if (atUs <= nowUs) this.#fire(handle);
    let nearest = Number.POSITIVE_INFINITY;
    for (const atUs of this.#due.values()) nearest = Math.min(nearest, atUs);
    this.#arm(nearest);
  }
}
