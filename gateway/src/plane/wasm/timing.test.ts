/** When things happen: deadlines behind one timer, wakes for whole batches, and how durations are counted. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Histogram } from './counters.js';
import { Deadlines } from './deadlines.js';
import { Outbox } from './outbox.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('deadlines', () => {
  function machine() {
    const startMs = Date.now();
    const nowUs = () => (Date.now() - startMs) * 1000;
    // The clock of these timers lets an immediate take a millisecond.
    const tensOfMs = () => Math.floor((Date.now() - startMs) / 10) * 10;
    const fired: [number, number][] = [];
    const deadlines = new Deadlines(nowUs, (handle) => {
      fired.push([handle, tensOfMs()]);
      deadlines.set(handle, Number.POSITIVE_INFINITY);
    });
    return { deadlines, fired };
  }

  it('fire in their order, each once, behind one timer', () => {
    const { deadlines, fired } = machine();
    for (const [handle, atMs] of [
      [1, 300],
      [2, 100],
      [3, 200],
    ] as const)
      deadlines.set(handle, atMs * 1000);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(fired).toEqual([
      [2, 100],
      [3, 200],
      [1, 300],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that move away or are gone do not fire', () => {
    const { deadlines, fired } = machine();
    deadlines.set(1, 100_000);
    deadlines.set(2, 100_000);
    vi.advanceTimersByTime(50);
    deadlines.set(1, 400_000);
    deadlines.delete(2);
    vi.advanceTimersByTime(300);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(fired).toEqual([[1, 400]]);
  });

  it('leave no timer when they are closed', () => {
    const { deadlines } = machine();
    deadlines.set(1, 100_000);
    deadlines.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('what waits to be drained', () => {
  const event = { handle: 1, json: '{}' };

  it('wakes once, however much it is, and again after a drain', () => {
    const wake = vi.fn();
    const outbox = new Outbox(wake);
    for (let i = 0; i < 100; i++) outbox.event(event, undefined);
    expect(wake).not.toHaveBeenCalled();
    vi.runAllTimers();
    expect(wake).toHaveBeenCalledTimes(1);
    expect(outbox.drain(() => true).events).toHaveLength(100);
    outbox.event(event, undefined);
    vi.runAllTimers();
    expect(wake).toHaveBeenCalledTimes(2);
  });

  it('is bounded: the newest is dropped, and counted until the next drain', () => {
    const outbox = new Outbox(() => {});
    const datagram = { handle: 1, data: Buffer.alloc(0), address: '', port: 1, localAddress: '' };
    const taken = Array.from({ length: 600 }, () => outbox.datagram(datagram));
    expect(taken.filter(Boolean)).toHaveLength(512);
    const batch = outbox.drain(() => true);
    expect([batch.datagrams.length, batch.dropped]).toEqual([512, 88]);
    expect(outbox.drain(() => true).dropped).toBe(0);
  });

  it('of a session that is closed concerns nobody', () => {
    const outbox = new Outbox(() => {});
    outbox.event(event, undefined);
    outbox.event({ ...event, handle: 2 }, undefined);
    expect(outbox.drain((handle) => handle === 2).events).toEqual([{ ...event, handle: 2 }]);
  });
});

it('quantiles are upper ends of buckets that are a sixteenth wide at most', () => {
  const histogram = new Histogram();
  expect(histogram.quantiles()).toEqual({ p50: 0, p99: 0, max: 0, count: 0 });
  for (let value = 1; value <= 100; value++) histogram.record(value);
  histogram.record(40_000_000);
  const { p50, p99, max, count } = histogram.quantiles();
  expect([max, count]).toEqual([40_000_000, 101]);
  expect(p50).toBeGreaterThanOrEqual(51);
  expect(p50).toBeLessThanOrEqual(53);
  expect(p99).toBeGreaterThanOrEqual(100);
  expect(p99).toBeLessThanOrEqual(103);
});
