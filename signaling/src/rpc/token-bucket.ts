/** A rate limit with a burst: so many a minute, all at once if need be. Time is an argument. */

export type Verdict = 'pass' | 'refuse' | 'cut_off';

export class TokenBucket {
  readonly #perMinute: number;
  #tokens: number;
  #now: number;

  constructor(perMinute: number, now: number) {
    this.#perMinute = perMinute;
    this.#tokens = perMinute;
    this.#now = now;
  }

  /** Takes `count` tokens. Who goes on asking when refused runs into debt, and is cut off at a minute's worth of it. */
  take(count: number, now: number): Verdict {
    const refilled = ((now - this.#now) / 60_000) * this.#perMinute;
    this.#tokens = Math.min(this.#perMinute, this.#tokens + Math.max(0, refilled)) - count;
    this.#now = now;
    if (this.#tokens >= 0) return 'pass';
    return this.#tokens > -this.#perMinute ? 'refuse' : 'cut_off';
  }
}
