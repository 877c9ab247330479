/** A pipeline at work: its parts, and what goes from one to the other. */
import type { PipelineMetrics, PipelinePlan, PlannedPart } from '@remotemedia/native-dsp';
import { NodeFailure } from '../external/external-node.js';
import type { Item } from '../item.js';
import { itemBytes } from '../item-size.js';
import { durationsOf } from '../reliability/call-durations.js';
import { asFailure } from '../reliability/failure.js';
import { BoundedQueue, putAll, QueueClosed } from './bounded-queue.js';
import { checkInput } from './checked-input.js';
import type { GraphPart } from './graph-part.js';
import type { NodeWorker } from './node-worker.js';
import type { Outlet, RunningPart } from './part.js';
import type { PipelineOutput, PipelineSession } from './pipeline-session.js';
import type { PipelineTotals } from './pipeline-totals.js';

/** Results that wait to be read before the pipeline waits. */
const OUTPUT_QUEUE = 256;

/** Makes the parts; they get their outlet before there is anything to send. */
export type MakeParts = (
  outlet: Outlet,
  signal: AbortSignal,
) => {
  /** By node id; all nodes of the graph have the same one. */
  readonly parts: ReadonlyMap<string, RunningPart>;
  readonly graph: GraphPart | undefined;
  /** Of all nodes that are not the graph's own. */
  readonly workers: readonly NodeWorker[];
};

/** Who takes what of a node. */
interface Destination {
  readonly part: RunningPart;
  readonly to: string;
  readonly carries: ReadonlySet<string>;
}

export class RunningSession implements PipelineSession, Outlet {
  readonly id: string;
  readonly #plan: PipelinePlan;
  readonly #name: string | null;
  readonly #parts: ReadonlyMap<string, RunningPart>;
  readonly #graph: GraphPart | undefined;
  readonly #workers: readonly NodeWorker[];
  readonly #sources: readonly Destination[];
  readonly #destinations = new Map<string, Destination[]>();
  readonly #outputs = new BoundedQueue<PipelineOutput>(OUTPUT_QUEUE, ({ item }) => itemBytes(item));
  readonly #abort = new AbortController();
  #sequence = 0;
  #isEnded = false;
  #closing: Promise<void> | undefined;

  constructor(id: string, name: string | null, plan: PipelinePlan, make: MakeParts) {
    this.id = id;
    this.#name = name;
    this.#plan = plan;
    const { parts, graph, workers } = make(this, this.#abort.signal);
    this.#parts = parts;
    this.#graph = graph;
    this.#workers = workers;
    for (const { from, to, carries } of plan.connections) {
      const target = plan.parts.find(({ id }) => id === to)!;
      // What goes to a node of the graph, and audio for one that hears, is the graph's to carry.
      const carried = carries.filter(
        (kind) => target.part !== 'audio' && !(kind === 'audio' && target.hears),
      );
      if (carried.length === 0) continue;
      const destination = { part: parts.get(to)!, to, carries: new Set<string>(carried) };
      this.#destinations.set(from, [...(this.#destinations.get(from) ?? []), destination]);
    }
    this.#sources = sourcesOf(plan, parts, graph);
    void this.#watch();
  }

  get outputs(): AsyncIterable<PipelineOutput> {
    const queue = this.#outputs;
    return {
      [Symbol.asyncIterator]: () => ({ next: () => queue.take() as Promise<IteratorResult<PipelineOutput>> }),
    };
  }

  async push(item: Item, nodeId?: string): Promise<void> {
    this.#abort.signal.throwIfAborted();
    if (this.#isEnded) throw new NodeFailure('invalid_input', 'input_ended', 'nothing can follow the end');
    checkInput(item);
    const destinations = nodeId === undefined ? this.#sources : [this.#inputOf(nodeId)];
    const taking = destinations.filter(({ carries }) => carries.has(item.kind));
    if (taking.length === 0) {
      const kinds = [...new Set(destinations.flatMap(({ carries }) => [...carries]))].join(', ') || 'nothing';
      throw new NodeFailure(
        'invalid_input',
        'input_not_taken',
        `${item.kind} is not taken here, but ${kinds}`,
      );
    }
    try {
      await putAll(
        taking.map(
          ({ part, to }) =>
            () =>
              part.put(to, item),
        ),
      );
    } catch (error) {
      throw this.#abort.signal.aborted ? this.#abort.signal.reason : error;
    }
  }

  async flush(): Promise<number> {
    this.#abort.signal.throwIfAborted();
    if (!this.#isEnded) await this.#graph?.flush();
    return this.#sequence;
  }

  async end(): Promise<void> {
    if (this.#isEnded || this.#abort.signal.aborted) return;
    this.#isEnded = true;
    for (const part of new Set(this.#sources.map(({ part }) => part))) part.feederEnded(undefined);
  }

  getMetrics(): PipelineMetrics {
    const startMs = performance.now();
    const nodes = [...new Set(this.#parts.values())].flatMap((part) => part.metrics());
    const place = (id: string) => this.#plan.parts.findIndex((part) => part.id === id);
    nodes.sort((a, b) => place(a.node_id) - place(b.node_id));
    const report = this.#graph?.report ?? withoutGraph(this.#graph ? [] : this.#workers);
    return {
      ...report,
      pipeline_id: this.#name,
      node_metrics: nodes,
      metrics_overhead_us: (performance.now() - startMs) * 1000,
    };
  }

  totals(pipeline: string | null): PipelineTotals {
    const graph = this.#graph?.total(pipeline);
    return { pipelines: graph ? [graph] : [], calls: this.#workers.map((worker) => worker.calls(pipeline)) };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close(new QueueClosed('the session was closed'));
    return this.#closing;
  }

  send(node: PlannedPart, item: Item): Promise<void> | undefined {
    // A loop through nodes outside ends with the input: what would go round once more is not taken.
    const puts = (this.#destinations.get(node.id) ?? [])
      .filter(({ part, carries }) => carries.has(item.kind) && !part.isEnded)
      .map(
        ({ part, to }) =>
          () =>
            part.put(to, item),
      );
    // Events are told to whoever listens, as in a session over WebRTC; of the rest, what was asked for.
    if (node.is_output || item.kind === 'event') puts.push(() => this.#tell(node.id, item));
    return putAll(puts);
  }

  fail(node: PlannedPart, failure: NodeFailure): Promise<void> | undefined {
    if (this.#abort.signal.aborted) return undefined;
    const policy = node.execution.on_error;
    const { code, errorClass, message } = failure;
    const event = { type: 'node_error', node_id: node.id, code, error_class: errorClass, message, policy };
    const told = this.#tell(node.id, { kind: 'event', event });
    if (policy !== 'fail_session') return told;
    // The session ends now: whether there was room for the event is nobody's concern any more.
    told?.catch(() => {});
    // A new one: nodes may share theirs.
    const { cause, stack } = failure;
    throw Object.assign(new NodeFailure(errorClass, code, message, { cause, nodeId: node.id }), { stack });
  }

  #tell(nodeId: string, item: Item): Promise<void> | undefined {
    return this.#outputs.put({ nodeId, item, sequence: this.#sequence++ });
  }

  #inputOf(nodeId: string): Destination {
    const node = this.#plan.parts.find(({ id }) => id === nodeId);
    if (!node) throw new NodeFailure('invalid_input', 'unknown_node', `there is no node ${nodeId}`);
    if (node.part === 'audio') {
      const message = `node ${nodeId} works on the audio of the graph and takes no messages`;
      throw new NodeFailure('invalid_input', 'node_takes_no_messages', message);
    }
    const carries = node.takes.filter((kind) => !(kind === 'audio' && node.hears));
    return { part: this.#parts.get(nodeId)!, to: nodeId, carries: new Set(carries) };
  }

  /** Ends the parts in their order, and the session with the last of them or the first that fails. */
  async #watch(): Promise<void> {
    const parts = [...new Set(this.#parts.values())];
    const ended = parts.map(async (part) => {
      const followers = followersOf(part, this.#plan, this.#parts);
      const { loops, others } = this.#divide(followers);
      if (part === this.#graph) {
        await this.#graph.inputDone;
        for (const next of loops) next.feederEnded(part);
        await part.done;
        for (const next of others) next.feederEnded(part);
        return;
      }
      await part.done;
      for (const next of followers) next.feederEnded(part);
    });
    try {
      await Promise.all(ended);
      this.#outputs.end();
      await this.#free();
    } catch (error) {
      await this.#close(asFailure(error)).catch(() => {});
    }
  }

  /** Followers of the graph that lead back into it, and the others. */
  #divide(followers: readonly RunningPart[]): { loops: RunningPart[]; others: RunningPart[] } {
    const leadsBack = (part: RunningPart, seen = new Set<RunningPart>()): boolean => {
      if (seen.has(part)) return false;
      seen.add(part);
      const next = followersOf(part, this.#plan, this.#parts);
      return next.some((follower) => follower === this.#graph || leadsBack(follower, seen));
    };
    return {
      loops: followers.filter((part) => leadsBack(part)),
      others: followers.filter((part) => !leadsBack(part)),
    };
  }

  async #close(reason: Error): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort(reason);
    // What was told before the end, and why it ended, can still be read.
    if (reason instanceof QueueClosed) this.#outputs.end();
    else this.#outputs.failAfterRest(reason);
    await this.#free();
  }

  async #free(): Promise<void> {
    await Promise.allSettled([...new Set(this.#parts.values())].map((part) => part.close()));
  }
}

/** Parts that a part feeds, once each. */
export function followersOf(
  part: RunningPart,
  plan: PipelinePlan,
  parts: ReadonlyMap<string, RunningPart>,
): RunningPart[] {
  const followers = plan.connections
    .filter(({ from }) => parts.get(from) === part)
    .map(({ to }) => parts.get(to)!);
  return [...new Set(followers)].filter((follower) => follower !== part);
}

function sourcesOf(
  plan: PipelinePlan,
  parts: ReadonlyMap<string, RunningPart>,
  graph: RunningPart | undefined,
): Destination[] {
  const sources = plan.parts.filter(({ is_source }) => is_source);
  const ofGraph = sources.filter(({ part, hears }) => part === 'audio' || hears);
  const outside = sources.filter(({ part }) => part !== 'audio');
  return [
    // One graph, one input, however many of its nodes hear it.
    ...(ofGraph.length > 0 ? [{ part: graph!, to: '', carries: new Set(['audio']) }] : []),
    ...outside.map(({ id, takes, hears }) => ({
      part: parts.get(id)!,
      to: id,
      carries: new Set<string>(takes.filter((kind) => !(kind === 'audio' && hears))),
    })),
  ];
}

/** Nothing runs as a whole there: an execution is a call of any of its nodes. */
function withoutGraph(workers: readonly NodeWorker[]): PipelineMetrics {
  const nodes = workers.map(({ durations }) => durations);
  const totalUs = nodes.reduce((sum, node) => sum + node.totalUs, 0);
  return {
    pipeline_id: null,
    total_executions: nodes.reduce((sum, { count }) => sum + count, 0),
    total_duration_us: totalUs,
    total_duration_ms: totalUs / 1000,
    ...durationsOf(nodes),
    real_time_factor: null,
    frame_overruns: 0,
    node_metrics: [],
    metrics_overhead_us: 0,
  };
}
