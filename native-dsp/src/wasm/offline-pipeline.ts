/** The offline pipeline on WebAssembly. Each has an instance, so a memory, of its own, which the garbage collector takes with it. */
import { expectFrame } from '../arguments.js';
import type { PipelineMetrics, PipelineTotal } from '../metrics.js';
import type {
  AudioFormat,
  HostFrame,
  HostPlace,
  NodeState,
  OfflineChunk,
  OfflinePipeline,
  OfflineUtterance,
} from '../offline-pipeline.js';
import { hostClock } from './host-clock.js';
import { WasmInstance, type WasmSamples } from './instance.js';

/** A host that brings no nodes along. */
export const NO_EXTERNALS = '[]';

/** What never changes about a pipeline. */
interface Description
  extends Pick<
    OfflinePipeline,
    'inputFrameSamples' | 'outputFormat' | 'latencySamples' | 'nodeIds' | 'hosts'
  > {
  readonly plan: unknown;
}

/** An utterance, a chunk or a frame, and where its samples are until the next drain. */
type InMemory<Kind> = Omit<Kind, 'samples'> & { readonly pointer: number; readonly length: number };

/** A compiled graph in its instance. */
interface Compiled {
  readonly instance: WasmInstance;
  readonly description: Description;
  readonly input: WasmSamples;
  readonly output: WasmSamples;
}

export class WasmOfflinePipeline implements OfflinePipeline {
  readonly inputFrameSamples: number;
  readonly outputFormat: AudioFormat | null;
  readonly latencySamples: number;
  readonly plan: string;
  readonly nodeIds: string[];
  readonly hosts: HostPlace[];
  readonly input: Float32Array;
  readonly output: Float32Array;
  readonly #compile: () => Compiled;
  #graph: Compiled;

  constructor(module: WebAssembly.Module, manifest: string, format: AudioFormat, externals = NO_EXTERNALS) {
    const { sampleRate, channels } = format;
    this.#compile = () => compile(module, manifest, { sampleRate, channels }, externals);
    this.#graph = this.#compile();
    const { description, input, output } = this.#graph;
    this.inputFrameSamples = description.inputFrameSamples;
    this.outputFormat = description.outputFormat;
    this.latencySamples = description.latencySamples;
    this.plan = JSON.stringify(description.plan);
    this.nodeIds = description.nodeIds;
    this.hosts = description.hosts;
    // In JavaScript's memory: the same arrays for ever, whatever becomes of the instance and its memory.
    this.input = new Float32Array(input.length);
    this.output = new Float32Array(output.length);
  }

  process(): number {
    const { instance, input, output } = this.#graph;
    expectFrame('input', this.input, input.length);
    expectFrame('output', this.output, output.length);
    input.view.set(this.input);
    const events = instance.call('pipeline_process');
    this.output.set(output.view);
    return events;
  }

  hostFrame(host: number): HostFrame | null {
    const { instance } = this.#graph;
    instance.call('pipeline_host_frame', host);
    const frame = JSON.parse(instance.reply()) as InMemory<HostFrame> | null;
    if (frame === null) return null;
    const { position, pointer, length } = frame;
    return { position, samples: instance.samples(pointer, length).view.slice() };
  }

  giveHostAudio(host: number, position: number, samples: Float32Array): number {
    const { instance } = this.#graph;
    return instance.call('pipeline_host_give', host, position, ...instance.giveSamples(samples));
  }

  hostQueued(host: number): number {
    return this.#graph.instance.call('pipeline_host_queued', host);
  }

  hostLate(host: number): number {
    return this.#graph.instance.call('pipeline_host_late', host);
  }

  endOfInput(): void {
    this.#graph.instance.call('pipeline_end_of_input');
  }

  setNodeState(nodeId: string, state: NodeState): void {
    const { instance } = this.#graph;
    instance.call('pipeline_set_node_state', ...instance.give(nodeId), ...instance.give(state));
  }

  reset(): void {
    this.output.fill(0);
    if (this.#graph.instance.isLost) this.#graph = this.#compile();
    else this.#graph.instance.call('pipeline_reset');
  }

  drainEvents(): string[] {
    return this.#ask('pipeline_drain_events') as string[];
  }

  drainUtterances(): OfflineUtterance[] {
    const utterances = this.#ask('pipeline_drain_utterances') as InMemory<OfflineUtterance>[];
    return utterances.map(({ pointer, length, ...rest }) => ({
      ...rest,
      samples: this.#graph.instance.copyInt16(pointer, length),
    }));
  }

  drainChunks(): OfflineChunk[] {
    const chunks = this.#ask('pipeline_drain_chunks') as InMemory<OfflineChunk>[];
    return chunks.map(({ pointer, length, ...rest }) => ({
      ...rest,
      samples: this.#graph.instance.samples(pointer, length).view.slice(),
    }));
  }

  /** By the host's clock: browsers tell it in steps of 5 to 100 us. Begins anew where an instance was lost. */
  metrics(): PipelineMetrics {
    return this.#ask('pipeline_metrics') as PipelineMetrics;
  }

  total(pipeline: string | null): PipelineTotal {
    const name = this.#graph.instance.give(JSON.stringify(pipeline));
    return this.#ask('pipeline_total', ...name) as PipelineTotal;
  }

  #ask(question: string, ...args: number[]): unknown {
    this.#graph.instance.call(question, ...args);
    return JSON.parse(this.#graph.instance.reply());
  }
}

function compile(
  module: WebAssembly.Module,
  manifest: string,
  { sampleRate, channels }: AudioFormat,
  externals: string,
): Compiled {
  const instance = new WasmInstance(module, { host: hostClock });
  const texts = [...instance.give(manifest), ...instance.give(externals)];
  instance.call('pipeline_create', ...texts, sampleRate, channels);
  const description = JSON.parse(instance.reply()) as Description;
  const format = description.outputFormat;
  const outputLength = format === null ? 0 : (format.sampleRate / 100) * format.channels;
  return {
    instance,
    description,
    input: instance.samples(instance.call('pipeline_input'), description.inputFrameSamples * channels),
    output: instance.samples(instance.call('pipeline_output'), outputLength),
  };
}
