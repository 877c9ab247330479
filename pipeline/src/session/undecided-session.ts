/** A session of a pipeline that works on audio and on values alike: its first item decides which it is. */
import type { PipelineMetrics, PipelinePlan } from '@remotemedia/native-dsp';
import type { Item } from '../item.js';
import { checkInput } from './checked-input.js';
import type { PipelineOutput, PipelineSession } from './pipeline-session.js';
import { NO_TOTALS, type PipelineTotals } from './pipeline-totals.js';

/** The plan of such a pipeline as one on audio: one graph of all its nodes. Planned as it stands, it works on values. */
export function audioPlan(plan: PipelinePlan): PipelinePlan {
  return {
    name: plan.name,
    kind: 'audio',
    has_graph: true,
    parts: plan.parts.map((part) => ({
      ...part,
      part: 'audio',
      takes: ['audio'],
      gives: ['audio', 'event'],
    })),
    connections: plan.connections.map((connection) => ({ ...connection, carries: ['audio'] })),
  };
}

export class UndecidedSession implements PipelineSession {
  readonly id: string;
  readonly #make: (isOnAudio: boolean) => PipelineSession;
  readonly #decision: Promise<PipelineSession | undefined>;
  #decided!: (session: PipelineSession | undefined) => void;
  #session: PipelineSession | undefined;
  #isClosed = false;

  constructor(id: string, make: (isOnAudio: boolean) => PipelineSession) {
    this.id = id;
    this.#make = make;
    this.#decision = new Promise((resolve) => {
      this.#decided = resolve;
    });
  }

  async push(item: Item, nodeId?: string): Promise<void> {
    // What nobody can use decides nothing.
    checkInput(item);
    await this.#decide(item.kind === 'audio').push(item, nodeId);
  }

  async flush(): Promise<number> {
    return this.#session?.flush() ?? 0;
  }

  async end(): Promise<void> {
    await this.#decide(false).end();
  }

  get outputs(): AsyncIterable<PipelineOutput> {
    return this.#read();
  }

  getMetrics(): PipelineMetrics {
    if (this.#session) return this.#session.getMetrics();
    const unused = this.#make(false);
    void unused.close();
    return unused.getMetrics();
  }

  totals(pipeline: string | null): PipelineTotals {
    return this.#session?.totals(pipeline) ?? NO_TOTALS;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#decided(this.#session);
    await this.#session?.close();
  }

  async *#read(): AsyncGenerator<PipelineOutput, void, undefined> {
    const session = await this.#decision;
    if (session) yield* session.outputs;
  }

  #decide(isOnAudio: boolean): PipelineSession {
    this.#session ??= this.#make(isOnAudio);
    if (this.#isClosed) void this.#session.close();
    this.#decided(this.#session);
    return this.#session;
  }
}
