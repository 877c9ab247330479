/** Calls a node with all that its policy asks for: a time limit, further attempts, a circuit breaker. One per node and session. */
import type { ExecutionPolicy } from '@remotemedia/native-dsp';
import { NodeFailure } from '../external/external-node.js';
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
   * @param attempt is told by its signal that it has taken too long. What it gives after that is thrown away. It may say by
   *   `commit` that its outputs have begun to flow: from then on it is not tried again, for they would come twice.
   * @returns what the attempt returned, at once where it is no promise.
   * @throws NodeFailure the last attempt's; `circuit_open` where none was made.
   */
  call<T>(attempt: (signal: AbortSignal, commit: () => void) => T | Promise<T>): T | Promise<T> {
    this.#admit();
    const startMs = this.#clock.now();
    const controller = new AbortController();
    let committed = false;
    const commit = () => {
      committed = true;
    };
    let result: T | Promise<T>;
    try {
      result = attempt(controller.signal, commit);
    } catch (thrown) {
      return this.#again(this.#failed(thrown, startMs), 1, attempt, committed);
    }
    if (!(result instanceof Promise)) {
      this.#succeeded(startMs);
      return result;
    }
    return this.#limited(result, controller).then(
      (value) => {
        this.#succeeded(startMs);
        return value;
      },
      (thrown) => this.#again(this.#failed(thrown, startMs), 1, attempt, committed),
    );
  }

  async #again<T>(
    failure: NodeFailure,
    attempts: number,
    attempt: (signal: AbortSignal, commit: () => void) => T | Promise<T>,
    committed: boolean,
  ): Promise<T> {
    const { retry } = this.#policy;
    const isOver = committed || attempts >= retry.max_attempts || !isWorthRetrying(failure.errorClass);
    if (isOver || this.#session.aborted || this.breaker.state !== 'closed') throw failure;
    await sleep(this.#clock, backoffMs(retry, attempts, this.#random), this.#session);
    this.recorder.retries++;
    this.#admit();
    const startMs = this.#clock.now();
    const controller = new AbortController();
    try {
      const value = await this.#limited(
        Promise.resolve().then(() =>
          attempt(controller.signal, () => {
            committed = true;
          }),
        ),
        controller,
      );
      this.#succeeded(startMs);
      return value;
    } catch (thrown) {
      return this.#again(this.#failed(thrown, startMs), attempts + 1, attempt, committed);
    }
  }

  #admit(): void {
    if (this.breaker.admits()) return;
    const seconds = (this.breaker.waitMs / 1000).toFixed(1);
    const message = `the node has failed too often; it is tried again in ${seconds} s`;
    throw new NodeFailure('resource', 'circuit_open', message);
  }

  /** The result, or the end of patience, whichever comes first. */
  #limited<T>(result: Promise<T>, controller: AbortController): Promise<T> {
    const { timeout_ms } = this.#policy;
    return new Promise<T>((resolve, reject) => {
      const give_up = (failure: unknown) => {
        end();
        controller.abort(failure);
        reject(failure);
      };
      const cancel = this.#clock.after(timeout_ms, () =>
        give_up(new NodeFailure('timeout', 'node_timeout', `the node took longer than ${timeout_ms} ms`)),
      );
      const abort = () => give_up(this.#session.reason);
      const end = () => {
        cancel();
        this.#session.removeEventListener('abort', abort);
      };
      if (this.#session.aborted) return abort();
      this.#session.addEventListener('abort', abort, { once: true });
      result.then(
        (value) => {
          end();
          resolve(value);
        },
        (thrown) => {
          end();
          reject(thrown);
        },
      );
    });
  }

  #succeeded(startMs: number): void {
    this.recorder.record((this.#clock.now() - startMs) * 1000, true);
    this.breaker.succeeded();
  }

  #failed(thrown: unknown, startMs: number): NodeFailure {
    const failure = asFailure(thrown);
    this.recorder.record((this.#clock.now() - startMs) * 1000, false);
    // Somebody else's nonsense says nothing about the node.
    if (failure.errorClass === 'invalid_input') this.breaker.succeeded();
    else this.breaker.failed();
    return failure;
  }
}
