/** Execution sessions for Prometheus: one label for the transport, few values each. */
import type { ExecutionCounters, ExecutionService, ExecutionTransport } from '@remotemedia/gateway';
import type { Exposition } from './sampled.js';

export function describeExecutions(exposition: Exposition, execution: ExecutionService): void {
  const totals = () => Object.entries(execution.totals()) as [ExecutionTransport, ExecutionCounters][];
  const counter = (name: string, help: string, count: (counters: ExecutionCounters) => number) =>
    exposition.counter(`remotemedia_execution_${name}_total`, help, () =>
      totals().map(([transport, counters]) => [{ transport }, count(counters)]),
    );
  exposition.gauge('remotemedia_execution_sessions', 'Pipelines that run without WebRTC', () =>
    totals().map(([transport, { open }]) => [{ transport }, open]),
  );
  exposition.gauge('remotemedia_execution_sessions_max', 'How many of them are admitted at once', () => [
    [{}, execution.maxSessions],
  ]);
  counter('sessions_opened', 'Execution sessions that were opened', ({ opened }) => opened);
  counter('sessions_refused', 'Execution sessions for which there was no place', ({ refused }) => refused);
  exposition.counter(
    'remotemedia_execution_sessions_closed_total',
    'Execution sessions that ended, by reason',
    () =>
      totals().flatMap(([transport, { closed }]) =>
        Object.entries(closed).map(([reason, count]) => [{ transport, reason }, count] as const),
      ),
  );
  exposition.counter(
    'remotemedia_execution_node_errors_total',
    'Failures of nodes in execution sessions, by class, as told by node_error',
    () =>
      totals().flatMap(([transport, { nodeErrors }]) =>
        Object.entries(nodeErrors).map(
          ([error_class, count]) => [{ transport, error_class }, count] as const,
        ),
      ),
  );
  counter('items_received', 'Items that went into pipelines', ({ itemsIn }) => itemsIn);
  counter('items_sent', 'Items that came out of pipelines', ({ itemsOut }) => itemsOut);
  counter('slow_readers', 'Clients cut off that took nothing', ({ slowReaders }) => slowReaders);
}
