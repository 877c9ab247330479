/** What execution sessions have counted since the start, by the transport over which their clients came. */
import type { NodeErrorClass } from '@remotemedia/pipeline';
import type { ExecutionEnd, ExecutionTransport } from './session.js';

export interface ExecutionCounters {
  /** Running now. */
  open: number;
  /** Since the start. */
  opened: number;
  /** Not let in, because all places were taken or the gateway was draining. */
  refused: number;
  itemsIn: number;
  itemsOut: number;
  /** Readers that were cut off because they took nothing of what waited for them. */
  slowReaders: number;
  /** Failures of nodes, by class, as told by `node_error`; the last may have ended its session. */
  readonly nodeErrors: Record<NodeErrorClass, number>;
  /** Ended, by reason. */
  readonly closed: Record<ExecutionEnd, number>;
}

export type ExecutionTotals = Readonly<Record<ExecutionTransport, Readonly<ExecutionCounters>>>;

const newCounters = (): ExecutionCounters => ({
  open: 0,
  opened: 0,
  refused: 0,
  itemsIn: 0,
  itemsOut: 0,
  slowReaders: 0,
  nodeErrors: { transient: 0, permanent: 0, invalid_input: 0, resource: 0, timeout: 0, internal: 0 },
  closed: { finished: 0, client: 0, idle: 0, timeout: 0, slow_consumer: 0, failed: 0, shutdown: 0 },
});

export const newTotals = (): Record<ExecutionTransport, ExecutionCounters> => ({
  http: newCounters(),
  websocket: newCounters(),
  grpc: newCounters(),
});
