import { expect, it } from 'vitest';
import { CallDurations, durationsOf } from './call-durations.js';

function durations(...durationsUs: number[]): CallDurations {
  const calls = new CallDurations();
  for (const durationUs of durationsUs) calls.record(durationUs);
  return calls;
}

function quantilesOf(...durationsUs: number[]) {
  const { p50_us, p95_us, p99_us } = durationsOf([durations(...durationsUs)]);
  return [p50_us, p95_us, p99_us];
}

it('a quantile is the smallest duration that so many calls stay within', () => {
  expect(quantilesOf()).toEqual([0, 0, 0]);
  expect(quantilesOf(7)).toEqual([7, 7, 7]);
  expect(quantilesOf(338, 59)).toEqual([59, 338, 338]);
  expect(quantilesOf(...Array.from({ length: 100 }, (_, n) => 100 - n))).toEqual([50, 95, 99]);
});

it('quantiles are of the latest 1024 calls, the rest is of all', () => {
  const calls = durations(...Array(500).fill(9), ...Array(1024).fill(1));
  expect(durationsOf([calls])).toMatchObject({
    p50_us: 1,
    p99_us: 1,
    min_duration_us: 1,
    max_duration_us: 9,
  });
  expect(calls.latestUs).toHaveLength(1024);
});

it('several nodes are told as all their calls together', () => {
  expect(durationsOf([durations(10, 30), durations(), durations(2)])).toEqual({
    avg_duration_us: 14,
    min_duration_us: 2,
    max_duration_us: 30,
    p50_us: 10,
    p95_us: 30,
    p99_us: 30,
  });
});

it('buckets are cumulative, end at powers of two from 16 us to 67 s, and lose nothing beyond', () => {
  const { bounds_s, counts, count, sum_s } = durations(
    0,
    15.9,
    16,
    31.9,
    32,
    1_000,
    67_108_863,
    1e15,
  ).buckets();
  expect([bounds_s[0], bounds_s.at(-1), bounds_s.length]).toEqual([16e-6, 67.108_864, 23]);
  const below = (boundUs: number) => counts[bounds_s.indexOf(boundUs / 1e6)];
  expect([16, 32, 64, 512, 1024, 2 ** 25, 2 ** 26].map(below)).toEqual([2, 4, 5, 5, 6, 6, 7]);
  expect(count).toBe(8);
  expect(sum_s).toBeCloseTo(1e9 + 67.11, 1);
});

it('a rounding error below nothing is nothing: sums never go back', () => {
  const calls = durations(20);
  const before = calls.buckets();
  calls.record(-1);
  const after = calls.buckets();
  expect([after.sum_s, after.counts[0], after.count]).toEqual([before.sum_s, before.counts[0]! + 1, 2]);
});
