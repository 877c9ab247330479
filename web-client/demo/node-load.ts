/** What each node of a running session costs, from one report of the gateway to the next. */
import type { NodeMetrics, PipelineMetrics } from '../src/index.js';

const FRAME_US = 10_000;

export interface NodeLoad {
  /** Of the calls since the last report, or else of the last ones before; null where there were none yet. */
  readonly meanUs: number | null;
  /** Its share of the time that the media lasted since the last report, from 0; null before the first frame. */
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
  readonly #meansUs = new Map<string, number>();

  /** @returns loads by node id. */
  read(metrics: PipelineMetrics): Map<string, NodeLoad> {
    const before = new Map(this.#last?.node_metrics.map((node) => [node.node_id, node]));
    const frames = metrics.total_executions - (this.#last?.total_executions ?? 0);
    this.#last = metrics;
    return new Map(
      metrics.node_metrics.map((node) => {
        const former = before.get(node.node_id);
        const calls = node.execution_count - (former?.execution_count ?? 0);
        const spentUs = node.total_duration_us - (former?.total_duration_us ?? 0);
        if (calls > 0) this.#meansUs.set(node.node_id, spentUs / calls);
        const load: NodeLoad = {
          meanUs: this.#meansUs.get(node.node_id) ?? null,
          load: frames > 0 ? spentUs / (frames * FRAME_US) : null,
          p50Us: node.p50_us,
          p99Us: node.p99_us,
          calls: node.execution_count,
          ...problemsOf(node),
        };
        return [node.node_id, load];
      }),
    );
  }

  /** The next report is that of another session. */
  restart(): void {
    this.#last = undefined;
    this.#meansUs.clear();
  }
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
