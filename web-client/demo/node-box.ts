/** A node of the drawn pipeline: what it is, and what it costs while a session runs. Its size never changes. */
import type { PipelineView } from '../src/index.js';
import { create } from './dom.js';
import { fineDuration, share } from './format.js';
import type { NodeLoad } from './node-load.js';

type NodeView = PipelineView['nodes'][number];

export class NodeBox {
  readonly element: HTMLElement;
  readonly #node: NodeView;
  readonly #load = create('span', { class: 'node-load', 'data-testid': 'node-load' });
  readonly #kind = create('span', { class: 'node-kind' });
  readonly #bar = create('span', { class: 'node-bar', 'aria-hidden': 'true' });
  readonly #mean = create('span', { class: 'node-mean', 'data-testid': 'node-mean' });
  readonly #p99 = create('span', { class: 'node-p99', 'data-testid': 'node-p99' });

  constructor(node: NodeView) {
    this.#node = node;
    this.element = create(
      'li',
      { class: 'node', 'data-node': node.id, 'data-part': node.part },
      create('span', { class: 'node-head' }, create('b', {}, node.id), this.#load),
      this.#kind,
      this.#bar,
      create('span', { class: 'node-times' }, this.#mean, this.#p99),
    );
    this.show(undefined, 1);
  }

  /**
   * @param load undefined where nothing is measured.
   * @param scaleUs what fills the bar.
   */
  show(load: NodeLoad | undefined, scaleUs: number): void {
    const { node_type, executor, part } = this.#node;
    const isMeasured = load !== undefined && load.calls > 0;
    // A call to a node outside holds nothing up while it lasts, and is no load in the graph.
    if (part === 'external') this.#load.textContent = isMeasured ? `${load.calls} ×` : '';
    else this.#load.textContent = load?.load == null ? '' : share(load.load);
    this.#kind.textContent = load?.problems.join(' · ') || [executor, node_type].filter(Boolean).join(' · ');
    this.#mean.textContent = isMeasured && load.meanUs !== null ? fineDuration(load.meanUs) : '–';
    this.#p99.textContent = isMeasured ? `p99 ${fineDuration(load.p99Us)}` : '';
    this.#bar.style.setProperty('--mean', String(isMeasured ? (load.meanUs ?? 0) / scaleUs : 0));
    this.#bar.style.setProperty('--p99', String(isMeasured ? load.p99Us / scaleUs : 0));
    this.element.dataset['state'] = load?.isFailing ? 'failing' : load?.problems.length ? 'late' : 'well';
    this.element.title = this.#description(load);
  }

  #description(load: NodeLoad | undefined): string {
    const { id, node_type, executor, latency_ms, params } = this.#node;
    return [
      `${id}: ${[node_type, executor].filter(Boolean).join(', ')}`,
      ...Object.entries(params).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
      ...(latency_ms > 0 ? [`delays audio by ${latency_ms.toFixed(1)} ms`] : []),
      ...(load && load.calls > 0
        ? [`${load.calls} calls, p50 ${fineDuration(load.p50Us)}, p99 ${fineDuration(load.p99Us)}`]
        : []),
      ...(load?.problems ?? []),
    ].join('\n');
  }
}
