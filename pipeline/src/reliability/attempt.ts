/** One call of a node: its time limit, and what is known of it. The clock stands still while somebody else makes the node wait. */
import { NodeFailure } from '../external/external-node.js';
import type { Clock } from './clock.js';

export class Attempt {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #session: AbortSignal;
  readonly #controller = new AbortController();
  readonly #startMs: number;
  #isCommitted = false;
  /** How many make it wait now, since when, and how long it has been made to wait in all. */
  #waits = 0;
  #waitingSinceMs = 0;
  #waitedMs = 0;
  /** What of its own time was preparation. */
  #preparedMs = 0;
  #isPreparing = false;
  #startLimitMs = 0;
  #cancel: (() => void) | undefined;
  #giveUp: ((reason: unknown) => void) | undefined;

  constructor(timeoutMs: number, clock: Clock, session: AbortSignal) {
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#session = session;
    this.#startMs = clock.now();
  }

  /** Aborted when it has taken too long or the session ends. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether its outputs have begun to flow: called again, they would come twice. */
  get isCommitted(): boolean {
    return this.#isCommitted;
  }

  /** What the node itself has taken so far. */
  get ownMs(): number {
    const now = this.#clock.now();
    const waiting = this.#waits > 0 ? now - this.#waitingSinceMs : 0;
    return now - this.#startMs - this.#waitedMs - waiting;
  }

  /** What of that was the execution itself. */
  get executionMs(): number {
    return this.#isPreparing ? 0 : this.ownMs - this.#preparedMs;
  }

  /**
   * From here on the node is got ready: limited in time, but no part of the execution, whose own time begins after it.
   * @param startMs that it may take longer than a call.
   */
  prepare(startMs: number): void {
    this.#isPreparing = true;
    this.#startLimitMs = this.#timeoutMs + startMs;
    this.#runAnew();
  }

  /** It is ready. */
  begin(): void {
    this.#isPreparing = false;
    this.#preparedMs = this.ownMs;
    this.#runAnew();
  }

  commit(): void {
    this.#isCommitted = true;
  }

  /** There is no room for what it gave: that is not the node's time. */
  async waitFor(room: Promise<void>): Promise<void> {
    if (this.#waits++ === 0) {
      this.#waitingSinceMs = this.#clock.now();
      this.#stop();
    }
    try {
      await room;
    } finally {
      if (--this.#waits === 0) {
        this.#waitedMs += this.#clock.now() - this.#waitingSinceMs;
        this.#run();
      }
    }
  }

  /** The result, or the end of the time, or that of the session: whichever comes first. */
  limit<T>(result: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const abort = () => this.#giveUp?.(this.#session.reason);
      const end = () => {
        this.#stop();
        this.#giveUp = undefined;
        this.#session.removeEventListener('abort', abort);
      };
      this.#giveUp = (reason) => {
        end();
        this.#controller.abort(reason);
        reject(reason);
      };
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
      if (this.#session.aborted) return abort();
      this.#session.addEventListener('abort', abort, { once: true });
      if (this.#waits === 0) this.#run();
    });
  }

  #run(): void {
    if (!this.#giveUp) return;
    const isStart = this.#isPreparing;
    const leftMs = isStart ? this.#startLimitMs - this.ownMs : this.#timeoutMs - this.executionMs;
    const message = isStart
      ? `the node took longer than ${this.#startLimitMs} ms to start`
      : `the node took longer than ${this.#timeoutMs} ms`;
    this.#cancel = this.#clock.after(Math.max(0, leftMs), () =>
      this.#giveUp?.(new NodeFailure('timeout', 'node_timeout', message)),
    );
  }

  #runAnew(): void {
    this.#stop();
    if (this.#waits === 0) this.#run();
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
