/** Who listens to which node of a session. Made by a session; bounded by its owner, who closes what it opened. */
import type { PlaneTap } from '@remotemedia/native-dsp';
import type { SessionEvent } from '../session/events.js';
import { parseTopic, type Topic } from './topic.js';

/** What is told on a topic. Audio is planar: as many samples of the first channel as of each other. */
export type TopicMessage =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly data: Uint8Array }
  | ({ readonly kind: 'audio' } & Omit<PlaneTap, 'handle' | 'nodeId'>);

/** What can be said to a node. */
export type PublishedMessage = Exclude<TopicMessage, { kind: 'audio' }>;

export type TopicListener = (message: TopicMessage) => void;

export interface Subscription {
  readonly topic: string;
  /** Nothing is told afterwards. Idempotent. */
  close(): void;
}

interface Entry extends Topic {
  readonly wantsAudio: boolean;
  readonly listener: TopicListener;
}

export class TopicBoard {
  readonly #entries = new Set<Entry>();
  readonly #tap: (nodeId: string, isTapped: boolean) => void;

  /** @param tap called when the first listener wants a node's audio, and when the last one goes; the node may not exist. */
  constructor(tap: (nodeId: string, isTapped: boolean) => void) {
    this.#tap = tap;
  }

  /** @throws GatewayError `invalid_topic`. */
  subscribe(topic: string, wantsAudio: boolean, listener: TopicListener): Subscription {
    const entry = { ...parseTopic(topic, 'out'), wantsAudio, listener };
    const isFirst = wantsAudio && !this.#isHeard(entry.nodeId);
    this.#entries.add(entry);
    if (isFirst) this.#tap(entry.nodeId, true);
    return { topic, close: () => this.#remove(entry) };
  }

  event(event: SessionEvent): void {
    // What a node outside gave was told as it gave it.
    if (event.type === 'node_output') return;
    const fits = ({ nodeId, port }: Entry) =>
      nodeId === event.node_id && (port === null || port === 'events' || port === event.type);
    if (this.#entries.size > 0) this.#tell(fits, { kind: 'json', value: event });
  }

  /** What a node outside the graph gave. */
  output(nodeId: string, message: TopicMessage): void {
    this.#tell((entry) => entry.nodeId === nodeId && (entry.port ?? message.kind) === message.kind, message);
  }

  audio({ handle: _, nodeId, ...frame }: PlaneTap): void {
    const fits = (entry: Entry) =>
      entry.nodeId === nodeId && entry.wantsAudio && (entry.port ?? 'audio') === 'audio';
    this.#tell(fits, { kind: 'audio', ...frame });
  }

  clear(): void {
    this.#entries.clear();
  }

  #tell(fits: (entry: Entry) => boolean, message: TopicMessage): void {
    for (const entry of this.#entries) if (fits(entry)) entry.listener(message);
  }

  #isHeard(nodeId: string): boolean {
    return [...this.#entries].some((entry) => entry.nodeId === nodeId && entry.wantsAudio);
  }

  #remove(entry: Entry): void {
    if (!this.#entries.delete(entry)) return;
    if (entry.wantsAudio && !this.#isHeard(entry.nodeId)) this.#tap(entry.nodeId, false);
  }
}
