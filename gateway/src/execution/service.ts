/**
 * Pipelines for clients without WebRTC: who may run one, which one, for how long. Owns every execution session; transports come to it and know
 * nothing of each other. No network, no file: manifests and the way to open them are handed in.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { AudioFormat } from '@remotemedia/native-dsp';
import {
  type Item,
  itemBytes,
  NO_TOTALS,
  type PipelineMetrics,
  type PipelineOutput,
  type PipelineSession,
  type PipelineTotals,
} from '@remotemedia/pipeline';
import { GatewayError } from '../errors.js';
import type { ManifestSource } from '../gateway.js';
import { sumOfTotals } from '../pipeline-totals.js';
import { openingError } from './failures.js';
import { refuseModules } from './modules.js';
import {
  type ExecutionEnd,
  type ExecutionSession,
  type ExecutionTransport,
  RunningExecution,
} from './session.js';
import { type ExecutionTotals, newTotals } from './totals.js';

export interface PipelineRequest {
  readonly manifest: ManifestSource;
  /** Null for an inline manifest, which is a stranger's. */
  readonly name: string | null;
  /** In which its audio will come; absent: as the pipeline likes it. */
  readonly format?: AudioFormat;
}

/** Makes a running pipeline of a manifest. @throws NativeError `invalid_manifest` with all complaints. */
export type OpenPipeline = (request: PipelineRequest) => PipelineSession | Promise<PipelineSession>;

export interface ExecutionOptions {
  /** Pipelines by name. Every new session looks here: who keeps the map may change it. */
  readonly pipelines: ReadonlyMap<string, ManifestSource>;
  /** For clients that name none. */
  readonly defaultPipeline: string;
  readonly openPipeline: OpenPipeline;
  /** Default 100. */
  readonly maxSessions?: number;
  /** Default 5 minutes. */
  readonly idleTimeoutMs?: number;
  /** Longest `execute`; default 30 000. */
  readonly executeTimeoutMs?: number;
  /** Largest item; default 16 MiB. */
  readonly itemBytes?: number;
  /** All results of one `execute` together; default 64 MiB. */
  readonly resultBytes?: number;
  /** What `server_full` tells clients; default 5. */
  readonly retryAfterSeconds?: number;
  readonly now?: () => Date;
}

export interface ExecutionRequest {
  readonly transport: ExecutionTransport;
  /** A name; not together with `manifest`. */
  readonly pipeline?: string;
  /** Inline. It may not name modules. */
  readonly manifest?: ManifestSource;
  readonly format?: AudioFormat;
  /** Of `execute`, below the service's own. */
  readonly timeoutMs?: number;
}

/** An item on its way to a pipeline, or to one node of it. */
export interface ExecutionInput {
  readonly item: Item;
  readonly nodeId?: string;
}

export interface ExecutionResult {
  readonly outputs: readonly PipelineOutput[];
  readonly metrics: PipelineMetrics;
}

export interface ExecutionEvents {
  session_closed: [ExecutionSession, ExecutionEnd];
}

export class ExecutionService extends EventEmitter<ExecutionEvents> {
  readonly #options: ExecutionOptions;
  readonly #sessions = new Map<string, RunningExecution>();
  readonly #totals = newTotals();
  /** Of the closed sessions: as large as there are names of pipelines and nodes. */
  #pastTotals = NO_TOTALS;
  /** Places taken by sessions that are still being opened. */
  #opening = 0;
  #draining = false;

  constructor(options: ExecutionOptions) {
    super();
    this.#options = options;
  }

  /** Running sessions by id. */
  get sessions(): ReadonlyMap<string, ExecutionSession> {
    return this.#sessions;
  }

  get maxSessions(): number {
    return this.#options.maxSessions ?? 100;
  }

  totals(): ExecutionTotals {
    return this.#totals;
  }

  /** What pipelines have cost in all sessions since the start, the open ones included. */
  pipelineTotals(): PipelineTotals {
    const open = [...this.#sessions.values()].map((session) => session.totals());
    return open.reduce(sumOfTotals, this.#pastTotals);
  }

  /** @throws GatewayError `server_full`, `draining`, `unknown_pipeline`, `module_not_allowed`, `invalid_manifest`, `runtime_unavailable`. */
  async open(request: ExecutionRequest): Promise<ExecutionSession> {
    const { transport, format } = request;
    const counters = this.#totals[transport];
    this.#admit(transport);
    const { name, manifest } = this.#choose(request);
    this.#opening += 1;
    let pipeline: PipelineSession;
    try {
      pipeline = await this.#options.openPipeline({ name, manifest, ...(format && { format }) });
    } catch (error) {
      throw openingError(error);
    } finally {
      this.#opening -= 1;
    }
    const session = new RunningExecution(pipeline, {
      id: `exe_${randomBytes(16).toString('hex')}`,
      pipeline: name,
      transport,
      createdAt: this.#options.now?.() ?? new Date(),
      idleTimeoutMs: this.#options.idleTimeoutMs ?? 300_000,
      itemBytes: this.#options.itemBytes ?? 16_777_216,
      counters,
    });
    this.#sessions.set(session.id, session);
    counters.open += 1;
    counters.opened += 1;
    void session.closed.then((end) => {
      this.#sessions.delete(session.id);
      this.#pastTotals = sumOfTotals(this.#pastTotals, session.totals());
      counters.open -= 1;
      counters.closed[end] += 1;
      this.emit('session_closed', session, end);
    });
    // Drained while it was being opened.
    if (this.#draining) await session.close('shutdown');
    return session;
  }

  /**
   * Runs a pipeline on a whole input and gives all that came out.
   * @param signal ends it: the client is gone.
   * @throws GatewayError as `open` and `push` do, and `output_too_large`, `execution_timeout`.
   */
  async execute(
    request: ExecutionRequest,
    inputs: Iterable<ExecutionInput>,
    signal?: AbortSignal,
  ): Promise<ExecutionResult> {
    const session = await this.open(request);
    const limitMs = this.#options.executeTimeoutMs ?? 30_000;
    const timeoutMs = Math.min(limitMs, request.timeoutMs ?? limitMs);
    const timeout = setTimeout(() => void session.close('timeout'), timeoutMs);
    const abort = () => void session.close('client');
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    try {
      const feeding = feed(session, inputs);
      const [outputs] = await Promise.all([this.#collect(session), feeding]);
      return { outputs, metrics: session.getMetrics() };
    } finally {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', abort);
      await session.close('failed');
    }
  }

  /** @throws GatewayError `unknown_pipeline`. */
  manifestOf(name: string): ManifestSource {
    const { pipelines } = this.#options;
    const known = pipelines.get(name);
    if (known !== undefined) return known;
    const hint = `one of ${[...pipelines.keys()].join(', ')}`;
    throw new GatewayError('unknown_pipeline', `there is no pipeline "${name}"`, { hint });
  }

  /** A transport has cut off a reader that took nothing. */
  countSlowReader(transport: ExecutionTransport): void {
    this.#totals[transport].slowReaders += 1;
  }

  /** Accepts no more sessions; the running ones go on. */
  drain(): void {
    this.#draining = true;
  }

  /** Closes all sessions. Idempotent. */
  async close(): Promise<void> {
    this.#draining = true;
    await Promise.all([...this.#sessions.values()].map((session) => session.close('shutdown')));
  }

  #admit(transport: ExecutionTransport): void {
    const isFull = this.#sessions.size + this.#opening >= this.maxSessions;
    if (!isFull && !this.#draining) return;
    this.#totals[transport].refused += 1;
    const retryAfterSeconds = this.#options.retryAfterSeconds ?? 5;
    throw this.#draining
      ? new GatewayError('draining', 'the gateway accepts no new sessions', { retryAfterSeconds })
      : new GatewayError('server_full', `all ${this.maxSessions} execution sessions are taken`, {
          retryAfterSeconds,
        });
  }

  #choose({ pipeline, manifest }: ExecutionRequest): { name: string | null; manifest: ManifestSource } {
    if (manifest !== undefined) {
      refuseModules(manifest);
      return { name: null, manifest };
    }
    const name = pipeline ?? this.#options.defaultPipeline;
    return { name, manifest: this.manifestOf(name) };
  }

  async #collect(session: ExecutionSession): Promise<PipelineOutput[]> {
    const limit = this.#options.resultBytes ?? 67_108_864;
    const outputs: PipelineOutput[] = [];
    let bytes = 0;
    for await (const output of session.outputs) {
      bytes += itemBytes(output.item);
      if (bytes > limit) {
        throw new GatewayError('output_too_large', `the results are larger than ${limit} bytes`, {
          hint: 'open a session and read them as they come',
        });
      }
      outputs.push(output);
    }
    return outputs;
  }
}

/** What cannot be taken ends the session, and with it the reading of its results. */
async function feed(session: ExecutionSession, inputs: Iterable<ExecutionInput>): Promise<void> {
  try {
    for (const { item, nodeId } of inputs) {
      await session.push(item, nodeId);
      // Whoever waits for the event loop is let in between two items.
      await new Promise(setImmediate);
    }
    await session.end();
  } catch (error) {
    void session.close('failed');
    throw error;
  }
}
