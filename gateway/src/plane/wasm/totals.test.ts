import type { PlaneTotals } from '@remotemedia/native-dsp';
import { expect, it } from 'vitest';
import { Histogram } from './counters.js';
import { noTotals, sumOf } from './totals.js';

function bucketsOf(...durationsUs: number[]) {
  const histogram = new Histogram();
  for (const duration of durationsUs) histogram.record(duration);
  return histogram.buckets();
}

function session(pipeline: string | null, nodes: string[], ...durationsUs: number[]): PlaneTotals {
  const duration = bucketsOf(...durationsUs);
  return {
    pipelines: [
      { pipeline, overruns: 1, duration, nodes: nodes.map((node) => ({ node, errors: 2, duration })) },
    ],
    media: { ...noTotals().media, sessions: 1, packets_received: 10, processing: duration },
  };
}

it('buckets count what is below their bounds, exactly at powers of two, and what is beyond all of them in the count', () => {
  const { bounds_s, counts, count, sum_s } = bucketsOf(0, 31, 32, 33, 1023, 1024, 1_000_000);
  const at = (boundUs: number) => counts[bounds_s.indexOf(boundUs / 1e6)];
  expect([at(32), at(64), at(1024), at(2048), at(131_072)]).toEqual([2, 4, 5, 6, 6]);
  expect([count, sum_s]).toEqual([7, 1.002143]);
});

it('sessions of one pipeline are one entry, node by node, and those without a name another', () => {
  const all = [
    session('meter', ['gain'], 100),
    session(null, ['PassThrough'], 1),
    session('echo', ['a'], 7),
    session('meter', ['gain', 'level'], 200, 300),
  ].reduce(sumOf, noTotals());
  const rows = all.pipelines.map(({ pipeline, overruns, duration, nodes }) => [
    pipeline,
    overruns,
    duration.count,
    nodes.map(({ node, errors, duration }) => [node, errors, duration.count]),
  ]);
  expect(rows).toEqual([
    [null, 1, 1, [['PassThrough', 2, 1]]],
    ['echo', 1, 1, [['a', 2, 1]]],
    [
      'meter',
      2,
      3,
      [
        ['gain', 4, 3],
        ['level', 2, 2],
      ],
    ],
  ]);
  expect(all.pipelines[2]!.duration.sum_s).toBeCloseTo(600e-6, 12);
  expect(all.media).toMatchObject({ sessions: 4, packets_received: 40, processing: { count: 5 } });
});

it('a pipeline whose name is empty is not the one without a name', () => {
  const both = sumOf(session(null, ['GainNode'], 1), session('', ['gain'], 1));
  expect(both.pipelines.map(({ pipeline }) => pipeline)).toEqual([null, '']);
});

it('durations add up to the same in any order, so that no counter ever goes back', () => {
  const parts = [100_001, 13, 7_003, 999, 28].map((durationUs) => session('meter', ['gain'], durationUs));
  const sumIn = (order: PlaneTotals[]) => order.reduce(sumOf, noTotals()).pipelines[0]!.duration.sum_s;
  for (let turn = 0; turn < parts.length; turn++) {
    parts.push(parts.shift()!);
    expect(sumIn(parts)).toBe(0.108044);
  }
});
