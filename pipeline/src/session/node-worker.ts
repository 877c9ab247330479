/** A node outside the graph, or one on values: takes items one after the other, each under its policy. */
import type { NodeMetrics, PlannedPart } from '@remotemedia/native-dsp';
import { deliver } from '../external/checked-output.js';
import type { ExternalNode, NodeContext, NodeOutput } from '../external/external-node.js';
import type { Item } from '../item.js';
import type { Attempt } from '../reliability/attempt.js';
import type { CallDurations } from '../reliability/call-durations.js';
import { asFailure } from '../reliability/failure.js';
import { Supervisor, type Surroundings } from '../reliability/supervisor.js';
import type { Outlet } from './part.js';
import type { NodeCalls } from './pipeline-totals.js';

/** Takes an output; resolves when there is room for another. */
export type Give = (output: Item) => Promise<void> | undefined;

export class NodeWorker {
  readonly part: PlannedPart;
  readonly #node: ExternalNode;
  readonly #outlet: Outlet;
  readonly #supervisor: Supervisor;
  /** Frames of the graph for which its audio had not come. */
  #late = 0;
  #initialised = false;
  #lastCall: Promise<void> | undefined;

  constructor(
    part: PlannedPart,
    node: ExternalNode,
    outlet: Outlet,
    session: AbortSignal,
    surroundings: Surroundings,
  ) {
    this.part = part;
    this.#node = node;
    this.#outlet = outlet;
    this.#supervisor = new Supervisor(part.execution, session, surroundings);
  }

  set late(frames: number) {
    this.#late = frames;
  }

  /**
   * One item through the node, after those before. Synchronous as long as the node is and nobody makes it wait.
   * @param give where outputs go; default: the outlet.
   * @param muted what is given where the node failed and is to be muted; default: nothing.
   */
  run(item: Item, give?: Give, muted?: Item): Promise<void> | undefined {
    if (this.#lastCall) return this.#chain(() => this.#run(item, give, muted));
    const waits = this.#run(item, give, muted);
    return waits && this.#chain(() => waits);
  }

  /** The input is over: last outputs. */
  async end(give?: Give): Promise<void> {
    if (!this.#node.endOfInput) return this.#lastCall;
    return this.#chain(() => this.#call((context) => this.#node.endOfInput?.(context), undefined, give));
  }

  metrics(): NodeMetrics {
    const { recorder, breaker } = this.#supervisor;
    return recorder.metrics(this.part.id, this.part.node_type, breaker.state, this.#late);
  }

  /** How long its calls took. */
  get durations(): CallDurations {
    return this.#supervisor.recorder.durations;
  }

  /** The same for the sum over all sessions. @param pipeline its name; null where the manifest is a client's, who could make up ever new ids and types. */
  calls(pipeline: string | null): NodeCalls {
    const { id, node_type, part } = this.part;
    const label = part === 'value' ? node_type : 'External';
    return { pipeline, node: pipeline === null ? label : id, duration: this.durations.buckets() };
  }

  async close(): Promise<void> {
    await this.#node.close?.();
  }

  #run(item: Item, give?: Give, muted?: Item): Promise<void> | undefined {
    const standIns = { bypass: item, mute: muted, fail_session: undefined };
    const standIn = standIns[this.part.execution.on_error];
    return this.#call((context) => this.#node.process(item, context), standIn, give);
  }

  #call(
    duty: (context: NodeContext) => NodeOutput | Promise<NodeOutput>,
    standIn?: Item,
    give: Give = (output) => this.#outlet.send(this.part, output),
  ): Promise<void> | undefined {
    try {
      const result = this.#supervisor.call((attempt) => {
        const { signal } = attempt;
        const context = { nodeId: this.part.id, params: this.part.params, signal };
        const guarded = (output: Item) => {
          // What comes after the time was up belongs to nobody, and whoever makes more of it is to stop.
          signal.throwIfAborted();
          attempt.commit();
          const room = give(output);
          return room && attempt.waitFor(room);
        };
        const start = this.#initialise(attempt, context);
        if (start) return start.then(() => duty(context)).then((output) => deliver(output, guarded));
        const output = duty(context);
        return output instanceof Promise
          ? output.then((it) => deliver(it, guarded))
          : deliver(output, guarded);
      });
      return result?.catch((thrown: unknown) => this.#failed(thrown, standIn, give));
    } catch (thrown) {
      return this.#failed(thrown, standIn, give);
    }
  }

  /** Before the first item, and again where it failed or the node is down. */
  #initialise(attempt: Attempt, context: NodeContext): Promise<void> | undefined {
    if (this.#initialised && !this.#node.isDown) return undefined;
    this.#initialised = false;
    attempt.prepare(this.#node.startMs ?? 0);
    const done = this.#node.initialize?.(context);
    const begin = () => {
      this.#initialised = true;
      attempt.begin();
    };
    if (done instanceof Promise) return done.then(begin);
    begin();
    return undefined;
  }

  #failed(thrown: unknown, standIn: Item | undefined, give: Give): Promise<void> | undefined {
    const told = this.#outlet.fail(this.part, asFailure(thrown));
    if (standIn === undefined) return told;
    return told ? told.then(() => give(standIn)) : give(standIn);
  }

  #chain(work: () => Promise<void> | undefined): Promise<void> {
    const before = this.#lastCall ?? Promise.resolve();
    const call = before.then(work);
    const settled = call.catch(() => {});
    this.#lastCall = settled;
    void settled.then(() => {
      if (this.#lastCall === settled) this.#lastCall = undefined;
    });
    return call;
  }
}
