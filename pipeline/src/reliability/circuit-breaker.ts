/** Leaves a node alone that keeps failing: open after so many failures in a row, then one call as a probe, closed again when it succeeds. */
import type { ExecutionPolicy } from '@remotemedia/native-dsp';

export type CircuitState = 'closed' | 'open' | 'half_open';

export class CircuitBreaker {
  readonly #policy: ExecutionPolicy['circuit_breaker'];
  readonly #now: () => number;
  #failures = 0;
  #probesPassed = 0;
  #openedAt: number | undefined;
  #isProbing = false;

  constructor(policy: ExecutionPolicy['circuit_breaker'], now: () => number) {
    this.#policy = policy;
    this.#now = now;
  }

  get state(): CircuitState {
    if (this.#openedAt === undefined) return 'closed';
    return this.#now() - this.#openedAt < this.#policy.reset_timeout_ms ? 'open' : 'half_open';
  }

  /** ms until a probe is let through; 0 where one is. */
  get waitMs(): number {
    if (this.#openedAt === undefined) return 0;
    return Math.max(0, this.#openedAt + this.#policy.reset_timeout_ms - this.#now());
  }

  /** Whether a call may be made now. Half open, one at a time. */
  admits(): boolean {
    const { state } = this;
    if (state === 'closed') return true;
    if (state === 'open' || this.#isProbing) return false;
    this.#isProbing = true;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#isProbing = false;
    if (this.#openedAt === undefined) return;
    this.#probesPassed++;
    if (this.#probesPassed >= this.#policy.success_threshold) this.#openedAt = undefined;
  }

  failed(): void {
    const isProbe = this.#openedAt !== undefined;
    this.#isProbing = false;
    this.#failures++;
    if (!isProbe && this.#failures < this.#policy.failure_threshold) return;
    this.#openedAt = this.#now();
    this.#probesPassed = 0;
  }
}
