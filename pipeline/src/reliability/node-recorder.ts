/** What the calls of one node outside have cost. */
import type { NodeMetrics } from '@remotemedia/native-dsp';
import type { CircuitState } from './circuit-breaker.js';

/** Quantiles are of so many calls: the latest. */
const LATEST = 1024;

export class NodeRecorder {
  retries = 0;
  readonly #latestUs: number[] = [];
  #count = 0;
  #errors = 0;
  #totalUs = 0;
  #minUs = Number.POSITIVE_INFINITY;
  #maxUs = 0;

  record(durationUs: number, isSuccess: boolean): void {
    this.#latestUs[this.#count % LATEST] = durationUs;
    this.#count++;
    if (!isSuccess) this.#errors++;
    this.#totalUs += durationUs;
    this.#minUs = Math.min(this.#minUs, durationUs);
    this.#maxUs = Math.max(this.#maxUs, durationUs);
  }

  /** In the shape of the nodes inside. */
  metrics(nodeId: string, nodeType: string, circuit: CircuitState, late: number): NodeMetrics {
    const count = this.#count;
    const sorted = [...this.#latestUs].sort((a, b) => a - b);
    // Nearest rank, as for the nodes inside.
    const quantile = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
    return {
      node_id: nodeId,
      node_type: nodeType,
      execution_count: count,
      success_count: count - this.#errors,
      error_count: this.#errors,
      success_rate: count === 0 ? null : (count - this.#errors) / count,
      total_duration_us: this.#totalUs,
      avg_duration_us: count === 0 ? 0 : this.#totalUs / count,
      min_duration_us: count === 0 ? 0 : this.#minUs,
      max_duration_us: this.#maxUs,
      p50_us: quantile(0.5),
      p95_us: quantile(0.95),
      p99_us: quantile(0.99),
      retry_count: this.retries,
      late_count: late,
      circuit,
    };
  }
}
