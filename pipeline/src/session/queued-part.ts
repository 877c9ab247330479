/** A node with a queue in front of it, working at its own pace. */
import type { NodeMetrics } from '@remotemedia/native-dsp';
import type { Item } from '../item.js';
import { itemBytes } from '../item-size.js';
import { BoundedQueue } from './bounded-queue.js';
import type { Give, NodeWorker } from './node-worker.js';
import { PART_QUEUE, type RunningPart } from './part.js';

export class QueuedPart implements RunningPart {
  readonly nodeIds: readonly string[];
  readonly done: Promise<void>;
  readonly #give: Give | undefined;
  readonly #worker: NodeWorker;
  readonly #queue = new BoundedQueue<Item>(PART_QUEUE, itemBytes);
  #feeders: number;

  /**
   * @param feeders how many must have ended before its input has.
   * @param give where its outputs go; default: its outlet.
   */
  constructor(worker: NodeWorker, feeders: number, session: AbortSignal, give?: Give) {
    this.nodeIds = [worker.part.id];
    this.#worker = worker;
    this.#give = give;
    this.#feeders = feeders;
    session.addEventListener('abort', () => this.#queue.fail(session.reason), { once: true });
    this.done = this.#work();
  }

  put(_nodeId: string, item: Item): Promise<void> | undefined {
    return this.#queue.put(item);
  }

  get isEnded(): boolean {
    return this.#feeders <= 0;
  }

  feederEnded(): void {
    this.#feeders--;
    if (this.#feeders === 0) this.#queue.end();
  }

  metrics(): NodeMetrics[] {
    return [this.#worker.metrics()];
  }

  close(): Promise<void> {
    return this.#worker.close();
  }

  async #work(): Promise<void> {
    for (;;) {
      const next = await this.#queue.take();
      if (next.done) break;
      await this.#worker.run(next.value, this.#give);
    }
    await this.#worker.end(this.#give);
  }
}
