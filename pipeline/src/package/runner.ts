/** `PipelineRunner`, by the names of the SDK: a {@link Pipeline} for each manifest, run on one input. */
import {
  type GraphInfo,
  isNativeError,
  type JsonValue,
  type OfflineRuntime,
  type PipelinePlan,
} from '@remotemedia/native-dsp';
import { loadWasm } from '@remotemedia/native-dsp/wasm';
import { NodeFailure } from '../external/external-node.js';
import type { AudioItem, PipelineEvent } from '../item.js';
import type { Pipeline } from '../pipeline.js';
import type { RunInput } from '../run.js';
import { packageOf } from './loader.js';
import { openPackage, type PackageOptions } from './open.js';
import type { Platform } from './platform.js';
import { isOurRuntime } from './runtime-module.js';

export interface ExecutionResult {
  /** `error` where a node ended the run. What is wrong with the manifest or the package is thrown. */
  readonly status: 'success' | 'error';
  /** The values that the output nodes gave: `value` of `Pipeline.run`. */
  readonly outputs?: JsonValue;
  readonly error?: string;
  readonly graph_info: GraphInfo;
  /** What the SDK has no word for; absent where there is none. */
  readonly audio?: AudioItem;
  readonly events?: readonly PipelineEvent[];
}

export interface ExecutionMetrics {
  readonly executionTimeMs: number;
  /** What `loadWasm` took. */
  readonly wasmLoadTimeMs: number;
  readonly totalTimeMs: number;
}

type Source = string | URL | Uint8Array | ArrayBuffer | null;

export class Runner {
  readonly #platform: Platform;
  readonly #options: PackageOptions;
  #pipelines = new WeakMap<object, Pipeline>();
  #runtime: OfflineRuntime | undefined;
  #wasmLoadTimeMs = 0;

  constructor(platform: Platform, { runtime, ...options }: PackageOptions) {
    this.#platform = platform;
    this.#options = options;
    this.#runtime = runtime;
  }

  /**
   * Takes a module as its runtime. Where that is null, as in packages without one, or foreign, it is the runtime of this place: of this
   * machine in Node, `/remotemedia.wasm` in a page.
   * @param source an address that is fetched, or bytes.
   * @throws RuntimeUnavailableError; what compiling throws.
   */
  async loadWasm(source: Source): Promise<void> {
    const start = performance.now();
    const bytes = typeof source === 'string' || source instanceof URL ? await fetched(source) : source;
    const isUsed = bytes && isOurRuntime(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
    this.#runtime = isUsed
      ? await loadWasm(bytes as Uint8Array<ArrayBuffer> | ArrayBuffer)
      : await this.#platform.runtime(null);
    this.#pipelines = new WeakMap();
    this.#wasmLoadTimeMs = performance.now() - start;
  }

  /**
   * Runs a manifest on one input. That of a loaded package brings its modules along.
   * @throws NativeError `invalid_manifest`; PackageError `trust_required`; PipelineError `module_not_loaded`, `module_not_allowed`.
   */
  async execute(
    manifest: object,
    input: RunInput = null,
  ): Promise<{ result: ExecutionResult; metrics: ExecutionMetrics }> {
    const start = performance.now();
    const pipeline = await this.#open(manifest);
    const begin = performance.now();
    const result = await resultOf(pipeline, input);
    const end = performance.now();
    const wasmLoadTimeMs = this.#wasmLoadTimeMs;
    const metrics = {
      executionTimeMs: end - begin,
      wasmLoadTimeMs,
      totalTimeMs: wasmLoadTimeMs + end - start,
    };
    return { result, metrics };
  }

  async #open(manifest: object): Promise<Pipeline> {
    const known = this.#pipelines.get(manifest);
    if (known) return known;
    this.#runtime ??= await this.#platform.runtime(null);
    const pkg = packageOf(manifest) ?? { manifest, modules: new Map() };
    const pipeline = openPackage(pkg, { ...this.#options, runtime: this.#runtime }, this.#platform);
    await pipeline.load();
    this.#pipelines.set(manifest, pipeline);
    return pipeline;
  }
}

async function resultOf(pipeline: Pipeline, input: RunInput): Promise<ExecutionResult> {
  const graph_info = graphInfo(pipeline.plan);
  try {
    const { value, audio, events } = await pipeline.run(input);
    const more = { ...(audio && { audio }), ...(events.length > 0 && { events }) };
    return { status: 'success', outputs: value, graph_info, ...more };
  } catch (error) {
    if (!(error instanceof NodeFailure) && !isNativeError(error)) throw error;
    return { status: 'error', error: `${error.message} [${error.code}]`, graph_info };
  }
}

function graphInfo({ parts, connections }: PipelinePlan): GraphInfo {
  const sinks = parts.filter(({ id }) => !connections.some(({ from }) => from === id));
  return {
    node_count: parts.length,
    source_count: parts.filter(({ is_source }) => is_source).length,
    sink_count: sinks.length,
    execution_order: parts.map(({ id }) => id),
    output_nodes: parts.filter(({ is_output }) => is_output).map(({ id }) => id),
  };
}

async function fetched(address: string | URL): Promise<ArrayBuffer> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.url} is answered with ${response.status}`);
  return response.arrayBuffer();
}
