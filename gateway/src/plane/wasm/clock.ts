/** The plane's clock: microseconds since it was made. */
export class Clock {
  readonly #zeroMs = performance.now();
  /** Wall clock at 0, in microseconds since 1970. */
  readonly unixMicrosAtZero = Math.round((performance.timeOrigin + this.#zeroMs) * 1000);

  nowUs(): number {
    return Math.round((performance.now() - this.#zeroMs) * 1000);
  }
}
