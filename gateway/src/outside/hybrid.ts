/** Pipelines with parts outside the audio graph: finds out which ones are, and keeps the operator's ready. */
import type { OfflineRuntime } from '@remotemedia/native-dsp';
import { type NodeHost, Pipeline } from '@remotemedia/pipeline';
import { openForClient, refuseModules } from '../execution/modules.js';
import type { ManifestSource } from '../gateway.js';

/** What a browser sends after decoding. */
const SESSION_FORMAT = { sampleRate: 48_000, channels: 1 };

export interface HybridOptions {
  readonly runtime: OfflineRuntime;
  /** Who brings nodes along, besides the registered ones. */
  readonly nodes?: readonly NodeHost[] | undefined;
  /** The same for the operator's pipelines alone. */
  readonly operatorNodes?: readonly NodeHost[] | undefined;
  /** URL of the folder of the operator's manifests, to which their modules are relative. */
  readonly base?: URL | undefined;
  /** How long each of their modules may take to load. */
  readonly loadTimeoutMs?: number | undefined;
}

export class HybridPipelines {
  readonly #options: HybridOptions;
  /** The operator's. One that was replaced goes with its last session. */
  readonly #known = new WeakMap<ManifestSource, Pipeline>();
  readonly #closing = new AbortController();

  constructor(options: HybridOptions) {
    this.#options = options;
  }

  /**
   * The parts of a manifest, where there are any outside its audio graph.
   * @param name of a pipeline of the operator; null for a client's manifest, which may not name modules.
   * @throws NativeError `invalid_manifest`; GatewayError `module_not_allowed`.
   */
  find(manifest: ManifestSource, name: string | null): Pipeline | undefined {
    const pipeline = (name !== null && this.#known.get(manifest)) || this.#open(manifest, name);
    const { has_graph, parts } = pipeline.livePlan;
    return has_graph && parts.some(({ part }) => part !== 'audio') ? pipeline : undefined;
  }

  /** Loads the modules of a pipeline of the operator's. @throws what a pipeline throws that cannot be used. */
  load(name: string, manifest: ManifestSource): Promise<void> {
    return this.#open(manifest, name).load();
  }

  /** Ends what loads modules. */
  close(): void {
    this.#closing.abort();
  }

  /** Whether the graph of such a pipeline gives audio. */
  givesAudio(text: string, { externals }: Pipeline): boolean {
    const { OfflinePipeline } = this.#options.runtime;
    return new OfflinePipeline(text, SESSION_FORMAT, externals).outputFormat !== null;
  }

  #open(manifest: ManifestSource, name: string | null): Pipeline {
    const { runtime, nodes = [], operatorNodes = [], base, loadTimeoutMs } = this.#options;
    if (name === null) {
      refuseModules(manifest);
      const open = () => Pipeline.fromManifest(manifest, { runtime, hosts: nodes });
      return openForClient(manifest, operatorNodes, open);
    }
    const hosts = [...nodes, ...operatorNodes];
    const pipeline = Pipeline.fromManifest(manifest, {
      runtime,
      hosts,
      closing: this.#closing.signal,
      ...(base && { base }),
      ...(loadTimeoutMs !== undefined && { loadTimeoutMs }),
    });
    this.#known.set(manifest, pipeline);
    return pipeline;
  }
}
