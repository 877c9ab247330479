import type { ExecutionPolicy } from '@remotemedia/native-dsp';
import { beforeEach, describe, expect, it } from 'vitest';
import { NodeFailure } from '../external/external-node.js';
import { backoffMs } from './backoff.js';
import type { Clock } from './clock.js';
import { Supervisor } from './supervisor.js';

/** Time that passes only when it is told to. */
class FakeClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; callback: () => void }[] = [];
  readonly waits: number[] = [];

  now = () => this.#nowMs;

  after = (delayMs: number, callback: () => void) => {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    this.waits.push(delayMs);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  get pending(): number {
    return this.#timers.length;
  }

  async pass(ms: number): Promise<void> {
    this.#nowMs += ms;
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { callback } of due) callback();
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  }
}

const policy: ExecutionPolicy = {
  on_error: 'bypass',
  timeout_ms: 1000,
  patience_ms: 20,
  when_late: 'pass',
  retry: { max_attempts: 3, base_delay_ms: 100, max_delay_ms: 150, multiplier: 2, jitter: 'none' },
  circuit_breaker: { failure_threshold: 5, reset_timeout_ms: 30_000, success_threshold: 1 },
};
const transient = () => new NodeFailure('transient', 'gone', 'gone for a moment');

let clock: FakeClock;
let session: AbortController;

beforeEach(() => {
  clock = new FakeClock();
  session = new AbortController();
});

const supervisor = (changes: Partial<ExecutionPolicy> = {}) =>
  new Supervisor({ ...policy, ...changes }, session.signal, { clock, random: () => 0.5 });

/** How a promise stands, without waiting for it. */
function watch<T>(promise: T | Promise<T>) {
  const state: { value?: T; failure?: NodeFailure } = {};
  Promise.resolve(promise).then(
    (value) => {
      state.value = value;
    },
    (failure) => {
      state.failure = failure;
    },
  );
  return state;
}

describe('attempts', () => {
  it('answers at once, without a promise or a timer, where the node does', () => {
    expect(supervisor().call(() => 5)).toBe(5);
    expect(clock.pending).toBe(0);
  });

  it('tries again what may pass, after waits that grow to their cap', async () => {
    const guard = supervisor({ timeout_ms: 999 });
    let calls = 0;
    const state = watch(
      guard.call(() => {
        calls++;
        if (calls < 3) throw transient();
        return 'at last';
      }),
    );
    await clock.pass(99);
    expect(calls).toBe(1);
    await clock.pass(1);
    expect(calls).toBe(2);
    await clock.pass(150);
    expect(state.value).toBe('at last');
    expect(clock.waits.filter((ms) => ms !== 999)).toEqual([100, 150]);
    expect(guard.recorder.metrics('a', 'A', 'closed', 0)).toMatchObject({
      execution_count: 3,
      error_count: 2,
      retry_count: 2,
    });
  });

  it('gives up after the last attempt with its failure', async () => {
    const state = watch(supervisor().call(() => Promise.reject(transient())));
    await clock.pass(0);
    await clock.pass(100);
    await clock.pass(150);
    expect(state.failure).toMatchObject({ errorClass: 'transient', code: 'gone' });
  });

  it.each(['permanent', 'invalid_input', 'internal'] as const)(
    'does not try again what is %s',
    async (errorClass) => {
      let calls = 0;
      const state = watch(
        supervisor().call(async () => {
          calls++;
          throw new NodeFailure(errorClass, 'no', 'no');
        }),
      );
      await clock.pass(0);
      await clock.pass(10_000);
      expect([calls, state.failure?.errorClass]).toEqual([1, errorClass]);
    },
  );

  it('does not try again once outputs have begun to flow: they would come twice', async () => {
    let calls = 0;
    const state = watch(
      supervisor().call(async (attempt) => {
        calls++;
        attempt.commit();
        throw transient();
      }),
    );
    await clock.pass(0);
    await clock.pass(10_000);
    expect([calls, state.failure?.code]).toEqual([1, 'gone']);
  });

  it('spreads the waits over the whole of them', () => {
    const retry = { ...policy.retry, jitter: 'full' as const, max_delay_ms: 10_000 };
    expect([1, 2, 3].map((attempt) => backoffMs(retry, attempt, () => 0.25))).toEqual([25, 50, 100]);
  });

  it('ends with the session, in a call and between two', async () => {
    const waiting = watch(supervisor().call(() => new Promise(() => {})));
    const between = watch(supervisor().call(() => Promise.reject(transient())));
    await clock.pass(1);
    session.abort(new NodeFailure('resource', 'closed', 'closed'));
    await clock.pass(0);
    expect([waiting.failure?.code, between.failure?.code]).toEqual(['closed', 'closed']);
    expect(clock.pending).toBe(0);
  });
});

describe('the time limit', () => {
  it('aborts the call, tells its signal, and throws away what comes later', async () => {
    let signal: AbortSignal | undefined;
    let answer = (_: string) => {};
    const state = watch(
      supervisor({ retry: { ...policy.retry, max_attempts: 1 } }).call((it) => {
        signal = it.signal;
        return new Promise<string>((resolve) => {
          answer = resolve;
        });
      }),
    );
    await clock.pass(999);
    expect(signal?.aborted).toBe(false);
    await clock.pass(1);
    expect(signal?.aborted).toBe(true);
    answer('too late');
    await clock.pass(0);
    expect(state.failure).toMatchObject({ errorClass: 'timeout', code: 'node_timeout' });
  });

  it('of a call begins when the node has started, which has a limit of its own', async () => {
    const once = { retry: { ...policy.retry, max_attempts: 1 } };
    const started = watch(
      supervisor(once).call((attempt) => {
        attempt.prepare(5000);
        return new Promise<never>(() => clock.after(5999, () => attempt.begin()));
      }),
    );
    const hanging = watch(
      supervisor(once).call((attempt) => {
        attempt.prepare(5000);
        return new Promise<never>(() => {});
      }),
    );
    await clock.pass(5999);
    expect([started.failure, hanging.failure]).toEqual([undefined, undefined]);
    await clock.pass(1);
    expect(hanging.failure?.message).toBe('the node took longer than 6000 ms to start');
    await clock.pass(998);
    expect(started.failure).toBeUndefined();
    await clock.pass(1);
    expect(started.failure?.message).toBe('the node took longer than 1000 ms');
  });
});

describe('the circuit breaker', () => {
  const once = { retry: { ...policy.retry, max_attempts: 1 } };
  const fail = (guard: Supervisor) => {
    try {
      return watch(
        guard.call(() => {
          throw transient();
        }),
      );
    } catch (failure) {
      return { failure: failure as NodeFailure };
    }
  };

  it('opens after five failures in a row, lets one probe through after its cool-down, and closes when that succeeds', async () => {
    const guard = supervisor(once);
    for (let n = 0; n < 5; n++) {
      expect(guard.breaker.state).toBe('closed');
      const state = fail(guard);
      await clock.pass(0);
      expect(state.failure?.code).toBe('gone');
    }
    expect(guard.breaker.state).toBe('open');
    expect(() => guard.call(() => 1)).toThrow(
      expect.objectContaining({ code: 'circuit_open', errorClass: 'resource' }),
    );
    await clock.pass(30_000);
    expect(guard.breaker.state).toBe('half_open');
    let answer = (_: number) => {};
    const probe = watch(
      guard.call(
        () =>
          new Promise<number>((resolve) => {
            answer = resolve;
          }),
      ),
    );
    expect(() => guard.call(() => 2)).toThrow(expect.objectContaining({ code: 'circuit_open' }));
    answer(1);
    await clock.pass(0);
    expect([probe.value, guard.breaker.state, guard.call(() => 3)]).toEqual([1, 'closed', 3]);
  });

  it('stays open for another cool-down where the probe fails', async () => {
    const guard = supervisor(once);
    for (let n = 0; n < 5; n++) fail(guard);
    await clock.pass(30_000);
    fail(guard);
    await clock.pass(0);
    expect(guard.breaker.state).toBe('open');
    await clock.pass(29_999);
    expect(guard.breaker.state).toBe('open');
  });

  it('counts failures in a row: one success, and it begins anew', async () => {
    const guard = supervisor(once);
    for (let n = 0; n < 20; n++) {
      fail(guard);
      if (n % 4 === 3) guard.call(() => 'fine');
      await clock.pass(0);
    }
    expect(guard.breaker.state).toBe('closed');
  });

  it('does not open for what others sent', async () => {
    const guard = supervisor(once);
    for (let n = 0; n < 20; n++) {
      watch(guard.call(() => Promise.reject(new NodeFailure('invalid_input', 'bad', 'bad'))));
      await clock.pass(0);
    }
    expect(guard.breaker.state).toBe('closed');
  });
});
