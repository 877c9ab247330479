/** The pipeline choice: a select, the description of what is selected, and its nodes as a chain in the order of the audio. */
import type { PipelineList, PipelineView } from '../src/index.js';
import { byId, create } from './dom.js';

const VAD_NODE = 'SileroVADNode';
const DEFAULT_THRESHOLD = 0.5;

export class PipelineChoice {
  readonly #select = byId('pipeline', HTMLSelectElement);
  #pipelines: PipelineView[] = [];
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#select.addEventListener('change', () => this.#show());
  }

  get selected(): PipelineView | undefined {
    return this.#pipelines.find(({ name }) => name === this.#select.value);
  }

  /** Threshold of the selected pipeline's voice activity node, null when it has none. */
  get vadThreshold(): number | null {
    const vad = this.selected?.nodes.find(({ node_type }) => node_type === VAD_NODE);
    if (!vad) return null;
    const threshold = vad.params['threshold'];
    return typeof threshold === 'number' ? threshold : DEFAULT_THRESHOLD;
  }

  fill(list: PipelineList): void {
    this.#pipelines = list.pipelines;
    this.#select.replaceChildren(
      ...list.pipelines.map(({ name, title }) => create('option', { value: name }, title || name)),
    );
    this.#select.value = list.default;
    if (this.#select.selectedIndex < 0) this.#select.selectedIndex = 0;
    this.#show();
  }

  #show(): void {
    const pipeline = this.selected;
    const latency = pipeline?.latency_ms;
    byId('pipeline-description', HTMLElement).textContent = [
      pipeline?.description.trim().split('\n\n')[0],
      typeof latency === 'number' ? `Algorithmic delay ${latency.toFixed(latency < 10 ? 1 : 0)} ms.` : '',
    ]
      .filter(Boolean)
      .join(' ');
    byId('pipeline-chain', HTMLOListElement).replaceChildren(
      ...inAudioOrder(pipeline).map(({ id, node_type, params }) => {
        const settings = Object.entries(params).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
        return create('li', { title: [node_type, ...settings].join('\n') }, id);
      }),
    );
    this.#onChange();
  }
}

/** Depth first from the sources; branches follow each other. */
function inAudioOrder(pipeline: PipelineView | undefined): PipelineView['nodes'] {
  if (!pipeline) return [];
  const { nodes, connections } = pipeline;
  const waiting = new Map(nodes.map(({ id }) => [id, connections.filter(({ to }) => to === id).length]));
  const ordered: PipelineView['nodes'] = [];
  const ready = nodes.filter(({ id }) => waiting.get(id) === 0);
  for (let node = ready.shift(); node; node = ready.shift()) {
    ordered.push(node);
    for (const { from, to } of connections) {
      if (from !== node.id) continue;
      const left = waiting.get(to)! - 1;
      waiting.set(to, left);
      const next = nodes.find(({ id }) => id === to);
      if (left === 0 && next) ready.push(next);
    }
  }
  return ordered;
}
