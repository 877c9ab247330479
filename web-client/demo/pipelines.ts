/** The pipeline choice: a select, and the description of what is selected. */
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

  /** False for a pipeline whose compiled plan has no audio output. */
  get givesAudio(): boolean {
    return (this.selected?.plan as { output?: unknown } | null | undefined)?.output !== null;
  }

  fill(list: PipelineList): void {
    this.#pipelines = list.pipelines.filter(({ latency_ms }) => latency_ms !== null);
    this.#select.replaceChildren(
      ...this.#pipelines.map(({ name, title }) => create('option', { value: name }, title || name)),
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
      latency ? `Algorithmic delay ${latency.toFixed(latency < 10 ? 1 : 0)} ms.` : '',
    ]
      .filter(Boolean)
      .join(' ');
    this.#onChange();
  }
}
