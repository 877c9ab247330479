/** Calls a node with all that its policy asks for: a time limit, further attempts, a circuit breaker. One per node and session. */
import type { ExecutionPolicy } from '@remotemedia/native-dsp';
import { NodeFailure } from '../external/external-node.js';
import { Attempt } from './attempt.js';
import { backoffMs, isWorthRetrying } from './backoff.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { type Clock, SYSTEM_CLOCK, sleep } from './clock.js';
import { asFailure } from './failure.js';
import { NodeRecorder } from './node-recorder.js';

export interface Surroundings {
  readonly clock?: Clock;
  /** 0 to 1. */
  readonly random?: () => number;
}

/**
 * Calls the node once. It learns from the attempt's signal that it has taken too long; what it gives after that is thrown away. It says by
 * `commit` that outputs have begun to flow, and by `waitFor` that there is no room for them.
 */
export type Duty<T> = (attempt: Attempt) => T | Promise<T>;

export class Supervisor {
  readonly recorder = new NodeRecorder();
  readonly breaker: CircuitBreaker;
  readonly #policy: ExecutionPolicy;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #session: AbortSignal;

  /** @param session aborted when the session closes: whatever is waited for then ends. */
  constructor(policy: ExecutionPolicy, session: AbortSignal, surroundings: Surroundings = {}) {
    this.#policy = policy;
    this.#session = session;
    this.#clock = surroundings.clock ?? SYSTEM_CLOCK;
    this.#random = surroundings.random ?? Math.random;
    this.breaker = new CircuitBreaker(policy.circuit_breaker, () => this.#clock.now());
  }

  /**
   * Calls, and calls again where that may help.
   * @returns what the duty returned, at once where it is no promise.
   * @throws NodeFailure the last attempt's; `circuit_open` where none was made.
   */
  call<T>(duty: Duty<T>): T | Promise<T> {
    const attempt = this.#begin();
    let result: T | Promise<T>;
    try {
      result = duty(attempt);
    } catch (thrown) {
      return this.#again(duty, attempt, this.#failed(attempt, thrown));
    }
    if (!(result instanceof Promise)) {
      this.#succeeded(attempt);
      return result;
    }
    return attempt.limit(result).then(
      (value) => {
        this.#succeeded(attempt);
        return value;
      },
      (thrown) => this.#again(duty, attempt, this.#failed(attempt, thrown)),
    );
  }

  async #again<T>(duty: Duty<T>, first: Attempt, failure: NodeFailure): Promise<T> {
    let [last, reason] = [first, failure];
    for (let attempts = 1; this.#mayTryAgain(last, reason, attempts); attempts++) {
      await sleep(this.#clock, backoffMs(this.#policy.retry, attempts, this.#random), this.#session);
      this.recorder.retries++;
      const attempt = this.#begin();
      try {
        const value = await attempt.limit(Promise.resolve().then(() => duty(attempt)));
        this.#succeeded(attempt);
        return value;
      } catch (thrown) {
        [last, reason] = [attempt, this.#failed(attempt, thrown)];
      }
    }
    throw reason;
  }

  #mayTryAgain({ isCommitted }: Attempt, { errorClass }: NodeFailure, attempts: number): boolean {
    if (isCommitted || this.#session.aborted || this.breaker.state !== 'closed') return false;
    return attempts < this.#policy.retry.max_attempts && isWorthRetrying(errorClass);
  }

  #begin(): Attempt {
    if (this.breaker.admits()) return new Attempt(this.#policy.timeout_ms, this.#clock, this.#session);
    const seconds = (this.breaker.waitMs / 1000).toFixed(1);
    const message = `the node has failed too often; it is tried again in ${seconds} s`;
    throw new NodeFailure('resource', 'circuit_open', message);
  }

  #succeeded(attempt: Attempt): void {
    this.recorder.record(attempt.executionMs * 1000, true);
    this.breaker.succeeded();
  }

  #failed(attempt: Attempt, thrown: unknown): NodeFailure {
    const failure = asFailure(thrown);
    this.recorder.record(attempt.executionMs * 1000, false);
    // Somebody else's nonsense says nothing about the node.
    if (failure.errorClass === 'invalid_input') this.breaker.succeeded();
    else this.breaker.failed();
    return failure;
  }
}
