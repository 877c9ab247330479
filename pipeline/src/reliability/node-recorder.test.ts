import { expect, it } from 'vitest';
import { NodeRecorder } from './node-recorder.js';

function quantilesOf(...durationsUs: number[]) {
  const recorder = new NodeRecorder();
  for (const durationUs of durationsUs) recorder.record(durationUs, true);
  const { p50_us, p95_us, p99_us } = recorder.metrics('node', 'Node', 'closed', 0);
  return [p50_us, p95_us, p99_us];
}

it('a quantile is the smallest duration that so many calls stay within', () => {
  expect(quantilesOf()).toEqual([0, 0, 0]);
  expect(quantilesOf(7)).toEqual([7, 7, 7]);
  expect(quantilesOf(338, 59)).toEqual([59, 338, 338]);
  expect(quantilesOf(...Array.from({ length: 100 }, (_, n) => 100 - n))).toEqual([50, 95, 99]);
});
