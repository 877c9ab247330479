/**
 * The parts of a session's pipeline outside its audio graph: frames and events of the plane go to them, their answers and results come back.
 * Made by the session; nothing here makes audio wait.
 */
import {
  isNativeError,
  type MediaPlane,
  type NodeState,
  type PipelineMetrics,
  type PlaneChunk,
  type PlaneHostFrame,
  type PlaneUtterance,
} from '@remotemedia/native-dsp';
import type { AudioItem, Item, JsonObject, LiveSession, NodeCalls, Pipeline } from '@remotemedia/pipeline';
import type { TopicMessage } from '../control/topic-board.js';
import type { NodeEvent } from '../session/events.js';
import { Attachments } from './attachments.js';

export interface OutsideListener {
  /** An event for the client. */
  event(nodeId: string, fields: JsonObject & { readonly type: string }): void;
  /** What a node gave, for who listens to it. */
  output(nodeId: string, message: TopicMessage): void;
  /** A node failed whose policy is to end the session. */
  ended(message: string): void;
}

/** Types that only the session itself reports. */
const RESERVED = ['session_started', 'session_closed', 'node_output', 'node_error'];

export class OutsideParts {
  readonly #live: LiveSession;
  readonly #attachments = new Attachments();

  constructor(pipeline: Pipeline, plane: MediaPlane, handle: number, listener: OutsideListener) {
    const graph = {
      hosts: plane.hosts(handle),
      giveHostAudio: (host: number, position: number, samples: Float32Array) =>
        unlessOver(() => plane.giveHostAudio(handle, host, position, samples)),
      hostQueued: (host: number) => unlessOver(() => plane.hostQueued(handle, host)),
      hostLate: (host: number) => unlessOver(() => plane.hostLate(handle, host)),
    };
    this.#live = pipeline.live(graph, {
      output: ({ id }, item, isResult) => {
        if (item.kind === 'event') listener.event(id, eventOf(item.event));
        else if (item.kind !== 'audio') {
          listener.output(id, messageOf(item));
          if (isResult) listener.event(id, resultOf(item));
        }
      },
      failed: ({ id, execution }, { code, errorClass, message }, times) =>
        listener.event(id, {
          type: 'node_error',
          code,
          error_class: errorClass,
          message,
          policy: execution.on_error,
          times,
        }),
      ended: ({ id }, { message }) => listener.ended(`node ${id}: ${message}`),
    });
  }

  /** An event of the graph; its audio came before. */
  event(event: NodeEvent): void {
    const audio = this.#attachments.take(event);
    this.#live.event({ kind: 'event', event, ...(audio && { audio }) });
  }

  utterance({ nodeId, index, sampleRate, samples }: PlaneUtterance): void {
    const plane = Float32Array.from(samples, (sample) => sample / 32_768);
    this.#attachments.keep(nodeId, index, { kind: 'audio', planes: [plane], sampleRate });
  }

  chunk({ nodeId, index, sampleRate, channels, samples }: PlaneChunk): void {
    const length = samples.length / channels;
    const plane = (_: unknown, channel: number) => samples.subarray(channel * length, (channel + 1) * length);
    const planes = Array.from({ length: channels }, plane);
    this.#attachments.keep(nodeId, index, { kind: 'audio', planes, sampleRate });
  }

  hostFrame({ host, position, samples }: PlaneHostFrame): void {
    this.#live.frame(host, position, samples);
  }

  /** Says something to a node. @throws NodeFailure as `LiveSession.push`. */
  push(nodeId: string, item: Exclude<Item, AudioItem>): Promise<void> {
    return this.#live.push(nodeId, item);
  }

  /** @returns whether the node is outside the graph; it may have a place in it all the same. */
  setNodeState(nodeId: string, state: NodeState): boolean {
    return this.#live.setNodeState(nodeId, state);
  }

  /** The graph's metrics, with those of the nodes outside in their places. */
  metrics(ofGraph: PipelineMetrics): PipelineMetrics {
    return { ...ofGraph, node_metrics: this.#live.metrics(ofGraph.node_metrics) };
  }

  /** Calls of the nodes outside, for the totals. */
  calls(pipeline: string | null): NodeCalls[] {
    return this.#live.calls(pipeline);
  }

  close(): Promise<void> {
    return this.#live.close();
  }
}

/** Before media begins and after it ends, there is no room and nothing waits. */
function unlessOver(ask: () => number): number {
  try {
    return ask();
  } catch (error) {
    if (isNativeError(error) && ['media_not_started', 'unknown_handle', 'plane_closed'].includes(error.code))
      return 0;
    throw error;
  }
}

/** An event of a node outside; one that speaks in the session's name is told as what it is: something a node gave. */
function eventOf(event: { readonly type: string }): JsonObject & { readonly type: string } {
  const fields = event as JsonObject & { readonly type: string };
  return RESERVED.includes(event.type) ? { type: 'node_output', kind: 'value', value: fields } : fields;
}

type Result = Extract<Item, { kind: 'value' | 'binary' }>;

function resultOf(item: Result): JsonObject & { readonly type: string } {
  if (item.kind === 'value') return { type: 'node_output', kind: 'value', value: item.value };
  const { data, mediaType } = item;
  const value = Buffer.from(data).toString('base64');
  return { type: 'node_output', kind: 'binary', value, ...(mediaType && { media_type: mediaType }) };
}

function messageOf(item: Result): TopicMessage {
  if (item.kind === 'binary') return { kind: 'binary', data: item.data };
  return typeof item.value === 'string'
    ? { kind: 'text', text: item.value }
    : { kind: 'json', value: item.value };
}
