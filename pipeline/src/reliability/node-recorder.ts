/** What the calls of one node outside have come to. */
import type { NodeMetrics } from '@remotemedia/native-dsp';
import { CallDurations, durationsOf } from './call-durations.js';
import type { CircuitState } from './circuit-breaker.js';

export class NodeRecorder {
  readonly durations = new CallDurations();
  retries = 0;
  #errors = 0;

  record(durationUs: number, isSuccess: boolean): void {
    this.durations.record(durationUs);
    if (!isSuccess) this.#errors++;
  }

  /** In the shape of the nodes inside. */
  metrics(nodeId: string, nodeType: string, circuit: CircuitState, late: number): NodeMetrics {
    const { count, totalUs } = this.durations;
    return {
      node_id: nodeId,
      node_type: nodeType,
      execution_count: count,
      success_count: count - this.#errors,
      error_count: this.#errors,
      success_rate: count === 0 ? null : (count - this.#errors) / count,
      total_duration_us: totalUs,
      ...durationsOf([this.durations]),
      retry_count: this.retries,
      late_count: late,
      circuit,
    };
  }
}
