/** What each node of a running session costs, from one report of the gateway to the next. */
import type { NodeMetrics, PipelineMetrics } from '../src/index.js';

const FRAME_US = 10_000;

export interface NodeLoad {
  /** Of the calls since the last report, of all calls in the first; null where there were none. */
  readonly meanUs: number | null;
  /** Its share of the time that the media lasts, over the same calls, from 0; null before the first frame. */
  readonly load: number | null;
  /** Since the session began. */
  readonly p50Us: number;
  readonly p99Us: number;
  readonly calls: number;
  /** What is wrong with it, the worst first; empty where nothing is. */
  readonly problems: readonly string[];
  /** Whether it failed, or is only late. */
  readonly isFailing: boolean;
}

export class LoadMeter {
  #last: PipelineMetrics | undefined;

  /** @returns loads by node id. */
  read(metrics: PipelineMetrics): Map<string, NodeLoad> {
    const before = new Map(this.#last?.node_metrics.map((node) => [node.node_id, node]));
    const frames = metrics.total_executions - (this.#last?.total_executions ?? 0);
    this.#last = metrics;
    return new Map(
      metrics.node_metrics.map((node) => [node.node_id, loadOf(node, before.get(node.node_id), frames)]),
    );
  }

  /** The next report is that of another session. */
  restart(): void {
    this.#last = undefined;
  }
}

function loadOf(node: NodeMetrics, before: NodeMetrics | undefined, frames: number): NodeLoad {
  const calls = node.execution_count - (before?.execution_count ?? 0);
  const spentUs = node.total_duration_us - (before?.total_duration_us ?? 0);
  const { problems, isFailing } = problemsOf(node);
  return {
    meanUs: calls > 0 ? spentUs / calls : null,
    load: frames > 0 ? spentUs / (frames * FRAME_US) : null,
    p50Us: node.p50_us,
    p99Us: node.p99_us,
    calls: node.execution_count,
    problems,
    isFailing,
  };
}

function problemsOf({
  circuit,
  error_count,
  late_count = 0,
}: NodeMetrics): Pick<NodeLoad, 'problems' | 'isFailing'> {
  const isCut = circuit !== undefined && circuit !== 'closed';
  return {
    problems: [
      ...(isCut ? [`circuit ${circuit.replace('_', ' ')}`] : []),
      ...(error_count > 0 ? [`${error_count} ${error_count === 1 ? 'error' : 'errors'}`] : []),
      ...(late_count > 0 ? [`${late_count} late`] : []),
    ],
    isFailing: isCut || error_count > 0,
  };
}
