/** What a pipeline has cost, in the protocol's words. */
import type { PipelineMetrics, PipelineOutput } from '@remotemedia/pipeline';
import type { ExecutionMetrics } from './messages.js';

export function toExecutionMetrics(
  metrics: PipelineMetrics,
  outputs: Readonly<Record<string, number>>,
  wallTimeMs: number,
): ExecutionMetrics {
  return {
    wall_time_ms: wallTimeMs,
    cpu_time_ms: metrics.total_duration_ms,
    node_metrics: Object.fromEntries(
      metrics.node_metrics.map((node) => [
        node.node_id,
        {
          execution_time_ms: node.total_duration_us / 1000,
          items_processed: node.execution_count,
          custom_metrics: JSON.stringify(node),
        },
      ]),
    ),
    data_type_breakdown: { ...outputs },
  };
}

/** Counts results by type of buffer. */
export class Breakdown {
  readonly counts: Record<string, number> = {};

  add({ item }: PipelineOutput): void {
    const type = item.kind === 'event' ? 'json' : item.kind === 'value' ? valueType(item.value) : item.kind;
    this.counts[type] = (this.counts[type] ?? 0) + 1;
  }
}

const valueType = (value: unknown): string => (typeof value === 'string' ? 'text' : 'json');
