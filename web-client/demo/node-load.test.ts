import { describe, expect, it } from 'vitest';
import type { NodeMetrics, PipelineMetrics } from '../src/index.js';
import { LoadMeter } from './node-load.js';

const report = (frames: number, node: Partial<NodeMetrics>) =>
  ({
    total_executions: frames,
    node_metrics: [{ node_id: 'gain', error_count: 0, p50_us: 9, p99_us: 30, ...node }],
  }) as unknown as PipelineMetrics;

describe('the load of a node', () => {
  it('is that of the time since the last report, and of all time in the first', () => {
    const meter = new LoadMeter();
    const first = meter.read(report(100, { execution_count: 100, total_duration_us: 1_000 }));
    expect(first.get('gain')).toMatchObject({ meanUs: 10, load: 0.001, p50Us: 9, p99Us: 30, calls: 100 });
    const next = meter.read(report(200, { execution_count: 200, total_duration_us: 6_000 }));
    expect(next.get('gain')).toMatchObject({ meanUs: 50, load: 0.005, calls: 200 });
  });

  it('has no mean where it was not called, and none at all before the first frame', () => {
    const meter = new LoadMeter();
    const idle = { execution_count: 0, total_duration_us: 0 };
    expect(meter.read(report(0, idle)).get('gain')).toMatchObject({ meanUs: null, load: null });
    expect(meter.read(report(100, idle)).get('gain')).toMatchObject({ meanUs: null, load: 0 });
  });

  it('keeps the last mean of a node that is called now and then', () => {
    const meter = new LoadMeter();
    const calls = { execution_count: 2, total_duration_us: 8_000 };
    meter.read(report(100, calls));
    expect(meter.read(report(200, calls)).get('gain')).toMatchObject({ meanUs: 4_000, load: 0 });
  });

  it('starts over with another session', () => {
    const meter = new LoadMeter();
    meter.read(report(1_000, { execution_count: 1_000, total_duration_us: 90_000 }));
    meter.restart();
    const load = meter.read(report(100, { execution_count: 100, total_duration_us: 2_000 })).get('gain');
    expect(load).toMatchObject({ meanUs: 20, load: 0.002 });
  });

  it('tells what is wrong, the worst first, and lateness from failure', () => {
    const problems = (node: Partial<NodeMetrics>) => {
      const { problems, isFailing } = new LoadMeter()
        .read(report(1, { execution_count: 1, total_duration_us: 1, ...node }))
        .get('gain')!;
      return [problems.join(', '), isFailing];
    };
    expect(problems({})).toEqual(['', false]);
    expect(problems({ circuit: 'closed', late_count: 2 })).toEqual(['2 late', false]);
    expect(problems({ circuit: 'half_open', error_count: 1, late_count: 0 })).toEqual([
      'circuit half open, 1 error',
      true,
    ]);
    expect(problems({ circuit: 'open', error_count: 7, late_count: 3 })).toEqual([
      'circuit open, 7 errors, 3 late',
      true,
    ]);
  });
});
