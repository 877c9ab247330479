import { NO_TOTALS, type NodeCalls, type PipelineTotals } from '@remotemedia/pipeline';
import { expect, it } from 'vitest';
import { sumOfTotals } from './pipeline-totals.js';

const duration = (count: number) => ({ bounds_s: [1, 2], counts: [0, count], count, sum_s: count * 0.1 });

const called = (...calls: [pipeline: string | null, node: string, count: number][]): PipelineTotals => ({
  pipelines: [],
  calls: calls.map(([pipeline, node, count]): NodeCalls => ({ pipeline, node, duration: duration(count) })),
});

it('calls of nodes are added up by pipeline and node, several of one name in one session included', () => {
  const { calls } = [
    called([null, 'External', 1], [null, 'External', 2]),
    called(['notes', 'writer', 3], ['notes', 'reader', 4]),
    called(['', 'External', 5]),
    called(['notes', 'writer', 6]),
  ].reduce(sumOfTotals, NO_TOTALS);
  expect(calls).toEqual([
    {
      pipeline: null,
      node: 'External',
      duration: { bounds_s: [1, 2], counts: [0, 3], count: 3, sum_s: 0.3 },
    },
    { pipeline: '', node: 'External', duration: duration(5) },
    { pipeline: 'notes', node: 'reader', duration: duration(4) },
    { pipeline: 'notes', node: 'writer', duration: { ...duration(9), sum_s: 0.9 } },
  ]);
});
