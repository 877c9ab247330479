/** What a client changes and overhears in its running session. Made by the session, which passes on what comes up from the plane. */
import { isNativeError, type MediaPlane, type NodeState, type PlaneTap } from '@remotemedia/native-dsp';
import { type JsonValue, NodeFailure } from '@remotemedia/pipeline';
import { GatewayError } from '../errors.js';
import type { OutsideParts } from '../outside/outside-parts.js';
import type { SessionEvent } from '../session/events.js';
import { parseTopic } from './topic.js';
import {
  type PublishedMessage,
  type Subscription,
  TopicBoard,
  type TopicListener,
  type TopicMessage,
} from './topic-board.js';

export class SessionControl {
  readonly #plane: MediaPlane;
  readonly #handle: number;
  readonly #nodeIds: readonly string[];
  readonly #parts: OutsideParts | undefined;
  readonly #board = new TopicBoard((nodeId, isTapped) => this.#tap(nodeId, isTapped));
  /** Who waits to hear how much was thrown away, in the order of the calls. */
  readonly #flushes: ((framesDropped: number) => void)[] = [];

  /** @param nodeIds of the pipeline; `parts`: those outside its graph, if there are any. */
  constructor(
    plane: MediaPlane,
    handle: number,
    { nodeIds, parts }: { readonly nodeIds: readonly string[]; readonly parts: OutsideParts | undefined },
  ) {
    this.#plane = plane;
    this.#handle = handle;
    this.#nodeIds = nodeIds;
    this.#parts = parts;
  }

  /** @throws GatewayError `invalid_topic`. */
  subscribe(topic: string, wantsAudio: boolean, listener: TopicListener): Subscription {
    return this.#board.subscribe(topic, wantsAudio, listener);
  }

  /** @throws GatewayError `unknown_node`. */
  setNodeState(nodeId: string, state: NodeState): void {
    const isOutside = this.#parts?.setNodeState(nodeId, state);
    try {
      this.#plane.setNodeState(this.#handle, nodeId, state);
    } catch (error) {
      // Not every node outside has a place in the graph.
      if (isOutside && isUnknownNode(error)) return;
      throw isUnknownNode(error) ? new GatewayError('unknown_node', error.message, { cause: error }) : error;
    }
  }

  /** @throws GatewayError `invalid_topic`, `unknown_node`, `node_takes_no_messages`. */
  async publish(topic: string, message: PublishedMessage): Promise<void> {
    const { nodeId } = parseTopic(topic, 'in');
    if (this.#parts) return this.#push(this.#parts, nodeId, message);
    if (!this.#nodeIds.includes(nodeId))
      throw new GatewayError('unknown_node', `the pipeline has no node "${nodeId}"`);
    throw new GatewayError('node_takes_no_messages', `node ${nodeId} works on audio and takes no messages`);
  }

  /** Resolves with the frames of 10 ms that were thrown away: none where there is no media (any more). */
  flushAudio(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#flushes.push(resolve);
      try {
        this.#plane.flushAudio(this.#handle);
      } catch (error) {
        this.#flushes.pop();
        if (isNativeError(error) && error.code === 'media_not_started') resolve(0);
        else reject(error);
      }
    });
  }

  /** What a node outside the graph gave. */
  output(nodeId: string, message: TopicMessage): void {
    this.#board.output(nodeId, message);
  }

  event(event: SessionEvent): void {
    this.#board.event(event);
  }

  tapped(tap: PlaneTap): void {
    this.#board.audio(tap);
  }

  flushed(framesDropped: number): void {
    this.#flushes.shift()?.(framesDropped);
  }

  close(): void {
    this.#board.clear();
    for (const resolve of this.#flushes.splice(0)) resolve(0);
  }

  async #push(parts: OutsideParts, nodeId: string, message: PublishedMessage): Promise<void> {
    try {
      await parts.push(nodeId, itemOf(message));
    } catch (error) {
      if (!(error instanceof NodeFailure && error.errorClass === 'invalid_input')) throw error;
      const code = error.code === 'unknown_node' ? error.code : 'node_takes_no_messages';
      throw new GatewayError(code, error.message, { cause: error });
    }
  }

  /** Who listens may know more nodes than this pipeline has. */
  #tap(nodeId: string, isTapped: boolean): void {
    try {
      this.#plane.tap(this.#handle, nodeId, isTapped);
    } catch (error) {
      if (!isUnknownNode(error)) throw error;
    }
  }
}

function isUnknownNode(error: unknown): error is Error {
  return isNativeError(error) && error.code === 'unknown_node';
}

function itemOf(message: PublishedMessage) {
  switch (message.kind) {
    case 'binary':
      return { kind: 'binary', data: message.data } as const;
    case 'text':
      return { kind: 'value', value: message.text } as const;
    case 'json':
      return { kind: 'value', value: message.value as JsonValue } as const;
  }
}
