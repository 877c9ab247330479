/**
 * The parts of a pipeline outside its audio graph, in a session whose graph runs elsewhere. Events and frames come from the graph and
 * are offered, never waited for; among the nodes outside, whoever gives waits for whoever takes. Made by `Pipeline.live`.
 */
import type { NodeMetrics, NodeState, PipelinePlan, PlannedPart } from '@remotemedia/native-dsp';
import { type ExternalNode, NodeFailure } from '../external/external-node.js';
import type { AudioItem, EventItem, Item } from '../item.js';
import { SYSTEM_CLOCK, sleep } from '../reliability/clock.js';
import type { Surroundings } from '../reliability/supervisor.js';
import { putAll, QueueClosed } from '../session/bounded-queue.js';
import { HostedNode } from '../session/hosted-node.js';
import { NodeWorker } from '../session/node-worker.js';
import type { Outlet } from '../session/part.js';
import type { NodeCalls } from '../session/pipeline-totals.js';
import { FailureLog } from './failure-log.js';
import type { LiveGraph } from './live-graph.js';
import { LiveNode, type LiveNodeOptions } from './live-node.js';

/** Before audio that found no room is offered again: two frames. */
const RETRY_MS = 20;

/** Told of what the parts do. Must not throw. */
export interface LiveListener {
  /** A node gave something; `isResult` where the pipeline's own results are. */
  output(node: PlannedPart, item: Item, isResult: boolean): void;
  /** A node failed, and its policy was applied; so often since it was told last. */
  failed(node: PlannedPart, failure: NodeFailure, times: number): void;
  /** A node failed whose policy is to end the session. */
  ended(node: PlannedPart, failure: NodeFailure): void;
}

export interface LiveIngredients {
  readonly plan: PipelinePlan;
  /** Makes the node of a part that is not the graph's. */
  readonly create: (part: PlannedPart) => ExternalNode;
  readonly graph: LiveGraph;
  readonly listener: LiveListener;
  readonly surroundings?: Surroundings | undefined;
}

/** Who takes what of a node. */
interface Destination {
  readonly node: LiveNode;
  readonly carries: ReadonlySet<string>;
}

export class LiveSession implements Outlet {
  readonly #plan: PipelinePlan;
  readonly #listener: LiveListener;
  readonly #nodes = new Map<string, LiveNode>();
  readonly #workers: NodeWorker[] = [];
  readonly #hosted: readonly HostedNode[];
  readonly #destinations = new Map<string, Destination[]>();
  readonly #abort = new AbortController();
  readonly #clock;
  readonly #failures: FailureLog;
  #closing: Promise<void> | undefined;

  constructor({ plan, create, graph, listener, surroundings = {} }: LiveIngredients) {
    this.#plan = plan;
    this.#listener = listener;
    this.#clock = surroundings.clock ?? SYSTEM_CLOCK;
    this.#failures = new FailureLog(() => this.#clock.now());
    this.#hosted = graph.hosts.map((place, host) => new HostedNode(graph, host, place));
    const { signal: session } = this.#abort;
    for (const part of plan.parts.filter(({ part }) => part !== 'audio')) {
      const worker = new NodeWorker(part, create(part), this, session, surroundings);
      const hosted = this.#hosted.find(({ id }) => id === part.id);
      this.#workers.push(worker);
      this.#nodes.set(part.id, new LiveNode({ worker, hosted, give: this.#giveOf(part, hosted), session }));
    }
    for (const { from, to, carries } of plan.connections) this.#connect(from, to, carries);
  }

  /** What a node of the graph has noticed. */
  event(item: EventItem): void {
    for (const { node, carries } of this.#destinations.get(item.event.node_id ?? '') ?? [])
      if (carries.has('event')) node.offer(item);
  }

  /** A frame for the node in one of the graph's places. */
  frame(host: number, position: number, samples: Float32Array): void {
    const hosted = this.#hosted[host];
    if (hosted) this.#nodes.get(hosted.id)?.offer(hosted.heard(position, samples), true);
  }

  /**
   * Says something to a node; resolves when there is room for more.
   * @throws NodeFailure `invalid_input`: `unknown_node`, `node_takes_no_messages`, `input_not_taken`.
   */
  async push(nodeId: string, item: Item): Promise<void> {
    const part = this.#plan.parts.find(({ id }) => id === nodeId);
    if (!part) throw refused('unknown_node', `there is no node ${nodeId}`);
    const node = this.#nodes.get(nodeId);
    if (!node)
      throw refused(
        'node_takes_no_messages',
        `node ${nodeId} works on the audio of the graph and takes no messages`,
      );
    const taken = part.takes.filter((kind) => kind !== 'audio');
    if (!taken.some((kind) => kind === item.kind))
      throw refused(
        'input_not_taken',
        `node ${nodeId} takes ${taken.join(', ') || 'no messages'}, not ${item.kind}`,
      );
    await node.put(item);
  }

  /** Switches a node outside off or on; one of the graph is the graph's to switch. @returns whether it is outside. */
  setNodeState(nodeId: string, state: NodeState): boolean {
    const node = this.#nodes.get(nodeId);
    if (node) node.state = state;
    return node !== undefined;
  }

  /** Items of the graph that nodes outside had no room for. */
  get dropped(): number {
    return [...this.#nodes.values()].reduce((sum, { dropped }) => sum + dropped, 0);
  }

  /** What all nodes have cost, in the order of the plan. @param ofGraph as the graph tells it. */
  metrics(ofGraph: readonly NodeMetrics[]): NodeMetrics[] {
    const ownOf = (id: string) => this.#nodes.get(id)?.metrics();
    const inGraph = (id: string) => ofGraph.find(({ node_id }) => node_id === id);
    return this.#plan.parts.map(({ id }) => ownOf(id) ?? inGraph(id)).filter((it) => it !== undefined);
  }

  /** Calls of the nodes outside, for the sum over all sessions. @param pipeline as in `PipelineSession.totals`. */
  calls(pipeline: string | null): NodeCalls[] {
    return this.#workers.map((worker) => worker.calls(pipeline));
  }

  /** Stops at once and frees everything. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  send(part: PlannedPart, item: Item): Promise<void> | undefined {
    if (this.#abort.signal.aborted) return undefined;
    // Events are told to whoever listens; of the rest, what was asked for.
    this.#listener.output(part, item, part.is_output || item.kind === 'event');
    const taking = (this.#destinations.get(part.id) ?? []).filter(({ carries }) => carries.has(item.kind));
    return putAll(
      taking.map(
        ({ node }) =>
          () =>
            node.put(item),
      ),
    );
  }

  fail(part: PlannedPart, failure: NodeFailure): undefined {
    if (this.#abort.signal.aborted) return undefined;
    const times = this.#failures.admit(part.id, failure);
    if (times !== undefined) this.#listener.failed(part, failure, times);
    if (part.execution.on_error !== 'fail_session') return undefined;
    this.#listener.ended(part, failure);
    throw failure;
  }

  #connect(from: string, to: string, carries: readonly string[]): void {
    const target = this.#plan.parts.find(({ id }) => id === to);
    const node = this.#nodes.get(to);
    // What goes to a node of the graph, and audio for one that hears, is the graph's to carry.
    const carried = carries.filter((kind) => !(kind === 'audio' && target?.hears));
    if (!node || carried.length === 0) return;
    const list = this.#destinations.get(from) ?? [];
    this.#destinations.set(from, [...list, { node, carries: new Set(carried) }]);
  }

  /** Audio of a node that speaks goes into the graph; everything else its usual way. */
  #giveOf(part: PlannedPart, hosted: HostedNode | undefined): LiveNodeOptions['give'] {
    return (output, frame) => {
      if (output.kind !== 'audio' || !hosted || !part.speaks) return this.send(part, output);
      const taken = hosted.give(output, frame);
      return taken < output.planes[0]!.length ? this.#giveRest(hosted, output, taken) : undefined;
    };
  }

  /** What is to be played in its turn waits for room. An answer to a frame does not: it is in time, or of no use. */
  async #giveRest(hosted: HostedNode, { planes, sampleRate }: AudioItem, from: number): Promise<void> {
    for (let at = from; at < planes[0]!.length; ) {
      await sleep(this.#clock, RETRY_MS, this.#abort.signal);
      const rest = planes.map((plane) => plane.subarray(at));
      at += hosted.give({ kind: 'audio', planes: rest, sampleRate });
    }
  }

  async #close(): Promise<void> {
    this.#abort.abort(new QueueClosed('the session was closed'));
    await Promise.allSettled(this.#workers.map((worker) => worker.close()));
  }
}

function refused(code: string, message: string): NodeFailure {
  return new NodeFailure('invalid_input', code, message);
}
