/**
 * A node outside in a live session: items wait in front of it, and it takes them at its own pace. The graph never waits for it: what it
 * has for a node that does not keep up is lost, and counted.
 */
import type { NodeMetrics, NodeState } from '@remotemedia/native-dsp';
import type { AudioItem, Item } from '../item.js';
import { itemBytes } from '../item-size.js';
import { BoundedQueue } from '../session/bounded-queue.js';
import type { HostedNode } from '../session/hosted-node.js';
import type { NodeWorker } from '../session/node-worker.js';

/** Items that may wait. Of frames, this is more than half a second; a node that answers each of them has to be much faster. */
const QUEUE = 64;
/** Frames of 10 ms that may wait for a node that only listens. */
const LISTENING_QUEUE = 500;

interface Waiting {
  readonly item: Item;
  /** Whether the graph asks for an answer to it. */
  readonly isFrame: boolean;
}

export interface LiveNodeOptions {
  readonly worker: NodeWorker;
  /** Its place in the graph, where it has one. */
  readonly hosted: HostedNode | undefined;
  /** Where what it gives goes; `frame` is what it answers, if anything. */
  readonly give: (output: Item, frame?: AudioItem) => Promise<void> | undefined;
  readonly session: AbortSignal;
}

export class LiveNode {
  state: NodeState = 'enabled';
  /** Items of the graph for which there was no room. */
  dropped = 0;
  readonly #options: LiveNodeOptions;
  readonly #queue: BoundedQueue<Waiting>;
  /** Place of the newest frame. */
  #newest = 0;

  constructor(options: LiveNodeOptions) {
    this.#options = options;
    const { hears, speaks } = options.worker.part;
    this.#queue = new BoundedQueue(hears && !speaks ? LISTENING_QUEUE : QUEUE, ({ item }) => itemBytes(item));
    const { session } = options;
    session.addEventListener('abort', () => this.#queue.fail(session.reason), { once: true });
    void this.#work();
  }

  /** Takes an item of the graph, if there is room. */
  offer(item: Item, isFrame = false): void {
    // What comes up from the plane in one batch may come after the end.
    if (this.#options.session.aborted) return;
    if (isFrame) this.#newest = (item as AudioItem).mediaTimeSamples ?? 0;
    if (this.#queue.isFull) this.dropped++;
    else void this.#queue.put({ item, isFrame })?.catch(() => {});
  }

  /** Takes an item of anybody else; resolves when there is room for another. */
  put(item: Item): Promise<void> | undefined {
    return this.#queue.put({ item, isFrame: false });
  }

  metrics(): NodeMetrics {
    const { worker, hosted } = this.#options;
    if (hosted) worker.late = hosted.late;
    return worker.metrics();
  }

  async #work(): Promise<void> {
    try {
      for (;;) {
        const next = await this.#queue.take();
        if (next.done) return;
        const waits = this.#turn(next.value);
        if (waits) await waits;
      }
    } catch {
      // The session has ended, by this node or by another; whoever ended it has told.
    }
  }

  #turn({ item, isFrame }: Waiting): Promise<void> | undefined {
    if (this.state !== 'enabled') return this.#goAround(item);
    const { worker, hosted, give } = this.#options;
    if (!isFrame || item.kind !== 'audio' || !hosted?.isInTheChain)
      return worker.run(item, (output) => give(output));
    if (this.#isTooLate(item)) return undefined;
    const isMuted = worker.part.execution.on_error === 'mute';
    return worker.run(item, (output) => give(output, item), isMuted ? hosted.silenceFor(item) : undefined);
  }

  /** A node that was held up does not catch up on what nobody can hear any more. */
  #isTooLate({ mediaTimeSamples = 0, sampleRate }: AudioItem): boolean {
    const patience = (this.#options.worker.part.execution.patience_ms * sampleRate) / 1000;
    return this.#newest - mediaTimeSamples >= patience;
  }

  /** Switched off, it gives nothing; bypassed, it hands on what it could have given. The graph sees to its audio. */
  #goAround(item: Item): Promise<void> | undefined {
    const isGiven = item.kind !== 'audio' && this.#options.worker.part.gives.includes(item.kind);
    return this.state === 'bypass' && isGiven ? this.#options.give(item) : undefined;
  }
}
