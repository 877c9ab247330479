/**
 * A pipeline, whatever it is made of: audio nodes, nodes on values, nodes in JavaScript and Python. The same in Node and in a browser.
 *
 *     const pipeline = Pipeline.fromYaml(text);
 *     const { value } = await pipeline.run([5, 7, 3]);
 */
import type {
  AudioFormat,
  OfflineRuntime,
  PipelinePlan,
  PlanAnswer,
  PlannedPart,
  Replaced,
} from '@remotemedia/native-dsp';
import { PipelineError, type PipelineErrorCode } from './errors.js';
import { ExternalNodes, type NodeSources } from './external/external-nodes.js';
import type { LiveGraph } from './live/live-graph.js';
import { type LiveListener, LiveSession } from './live/live-session.js';
import { readManifestFile } from './manifest-file.js';
import {
  complaintsAsWritten,
  type Environment,
  interpolation,
  invalidManifest,
  variablesOf,
} from './manifest-text.js';
import type { Surroundings } from './reliability/supervisor.js';
import { collect, itemsOf, type RunInput, type RunResult } from './run.js';
import { chooseRuntime, runtimeFor } from './runtime/runtime.js';
import { makeParts } from './session/parts.js';
import type { PipelineSession } from './session/pipeline-session.js';
import { RunningSession } from './session/running-session.js';
import { audioPlan, UndecidedSession } from './session/undecided-session.js';
import { valueNode } from './session/value-node.js';

/** `fromFile` takes the file's folder for `base`. */
export interface PipelineOptions extends Surroundings, NodeSources {
  /** Default: the one that the manifest's `runtime_hint`, the environment and this machine come to. */
  readonly runtime?: OfflineRuntime;
}

export interface FileOptions extends PipelineOptions {
  /** Default: that of the process. */
  readonly environment?: Environment;
}

export interface SessionOptions {
  /** For logs and lists; default: a random one. */
  readonly id?: string;
  /** What audio will be pushed; default: what the first is. */
  readonly format?: AudioFormat;
}

export class Pipeline {
  readonly #text: string;
  /** What came out of variables, which complaints are not to tell. */
  readonly #replaced: readonly Replaced[];
  readonly #outside: ExternalNodes;
  readonly #runtime: OfflineRuntime;
  readonly #surroundings: Surroundings;
  #plan: PipelinePlan;
  #livePlan: PipelinePlan | undefined;
  #loading: Promise<void> | undefined;

  /**
   * @param text manifest v1, YAML or JSON.
   * @throws NativeError `invalid_manifest` with all complaints; PipelineError `module_not_allowed`; RuntimeUnavailableError.
   */
  static fromYaml(text: string, options: PipelineOptions = {}): Pipeline {
    return new Pipeline(text, options);
  }

  /** The same for a manifest that is parsed already. */
  static fromManifest(manifest: object, options: PipelineOptions = {}): Pipeline {
    return new Pipeline(JSON.stringify(manifest), options, variablesOf(manifest));
  }

  /**
   * The same for a file, which may name modules beside it and, as `${NAME}`, variables of `environment`. In Node only.
   * @throws as {@link fromYaml}.
   */
  static async fromFile(path: string, options: FileOptions = {}): Promise<Pipeline> {
    const { text, base } = await readManifestFile(path);
    const { environment = process.env, ...others } = options;
    const answer = interpolation(text, environment, others.runtime ?? chooseRuntime().offline);
    if (!answer.ok) throw invalidManifest(answer.complaints);
    return new Pipeline(answer.text, { base, ...others }, answer.replaced);
  }

  private constructor(
    text: string,
    {
      nodes,
      hosts,
      base,
      loadTimeoutMs,
      closing,
      runtime = runtimeFor(text).offline,
      ...surroundings
    }: PipelineOptions,
    replaced: readonly Replaced[] = [],
  ) {
    this.#text = text;
    this.#replaced = replaced;
    this.#runtime = runtime;
    this.#outside = new ExternalNodes(text, { nodes, hosts, base, loadTimeoutMs, closing }, runtime);
    this.#surroundings = surroundings;
    this.#plan = this.#planned();
  }

  /** How it falls into parts. */
  get plan(): PipelinePlan {
    return this.#plan;
  }

  /** The same where all audio comes in frames: in a session whose graph runs elsewhere. */
  get livePlan(): PipelinePlan {
    this.#livePlan ??= this.#planned('audio');
    return this.#livePlan;
  }

  /** Its name in the metadata. */
  get name(): string | null {
    return this.#plan.name;
  }

  /**
   * Begins to run it.
   * @throws NativeError `invalid_manifest`, where what a module says of its nodes does not fit; PipelineError `module_not_loaded`,
   * `module_missing`, `unknown_node_type` with a complaint for each node outside that nothing here runs.
   */
  async session({ id = randomId(), format }: SessionOptions = {}): Promise<PipelineSession> {
    await this.load();
    const ingredients = {
      text: this.#text,
      externals: this.externals,
      runtime: this.#runtime,
      create: (part: PlannedPart) => this.#outside.create(part),
      format,
      surroundings: this.#surroundings,
    };
    const { name } = this;
    const running = (plan: PipelinePlan) =>
      new RunningSession(id, name, plan, (outlet, signal) =>
        makeParts({ ...ingredients, plan }, outlet, signal),
      );
    if (this.#plan.kind !== 'either') return running(this.#plan);
    return new UndecidedSession(id, (isOnAudio) => running(isOnAudio ? audioPlan(this.#plan) : this.#plan));
  }

  /**
   * Loads the modules that it names; afterwards {@link plan} is what they make of it.
   * @throws as {@link session}.
   */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((error) => {
      // Whoever mends the module may ask again.
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** JSON of the specifications of all nodes outside, for whoever compiles the graph. */
  get externals(): string {
    return this.#outside.specs;
  }

  /**
   * Runs the parts outside its audio graph, for a session whose graph runs elsewhere; to be loaded before.
   * @throws NodeFailure `unknown_node_type` where nothing here runs a node.
   */
  live(graph: LiveGraph, listener: LiveListener): LiveSession {
    const create = (part: PlannedPart) =>
      part.part === 'value' ? valueNode(part, this.#runtime) : this.#outside.create(part);
    return new LiveSession({
      plan: this.livePlan,
      create,
      graph,
      listener,
      surroundings: this.#surroundings,
    });
  }

  /**
   * Runs it on one input, from beginning to end.
   * @throws NodeFailure of the node that ended it; what `session` throws.
   */
  async run(input: RunInput): Promise<RunResult> {
    const session = await this.session();
    try {
      const feeding = feed(session, input);
      // Without more input the reader would wait for ever; why there is none is told below.
      feeding.catch(() => session.close());
      const result = await collect(session, this.#plan);
      await feeding;
      return { ...result, metrics: session.getMetrics() };
    } finally {
      await session.close();
    }
  }

  async #load(): Promise<void> {
    const before = this.externals;
    const faults = await this.#outside.load();
    const complaints = complaintsAsWritten(
      faults.map(({ complaint }) => complaint),
      this.#replaced,
      this.#runtime,
    );
    if (complaints[0]) {
      const { code, message } = complaints[0];
      throw new PipelineError(code as PipelineErrorCode, message, { cause: faults[0]!.cause, complaints });
    }
    if (this.externals === before) return;
    this.#plan = this.#planned();
    this.#livePlan = undefined;
  }

  #planned(purpose?: 'audio'): PipelinePlan {
    const text = this.#runtime.planPipeline(this.#text, purpose, this.externals);
    const answer = JSON.parse(text) as PlanAnswer;
    if (answer.ok) return answer.plan;
    throw invalidManifest(complaintsAsWritten(answer.complaints, this.#replaced, this.#runtime));
  }
}

/** `crypto.randomUUID` is not there in pages from http:// but for localhost. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function feed(session: PipelineSession, input: RunInput): Promise<void> {
  for (const item of itemsOf(input)) await session.push(item);
  await session.end();
}
