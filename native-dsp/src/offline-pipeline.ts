/**
 * Types of the offline pipeline: the graph of the gateway, driven frame by frame by its caller
 * (`remotemedia run`, benchmarks, tests). It never waits and owns no thread.
 */

import type { PlaneUtterance } from './media-plane.js';
import type { PipelineMetrics, PipelineTotal } from './metrics.js';

/** Audio on an edge. */
export interface AudioFormat {
  /** Hz: a multiple of 100, 8 000 to 192 000. */
  sampleRate: number;
  /** 1 to 8. */
  channels: number;
}

/**
 * Whether a node takes part. `bypass`: the audio goes around it, or is silent where the node changes the format; `disabled`: it gives
 * silence (an analyser's audio goes by in every state).
 */
export type NodeState = 'enabled' | 'bypass' | 'disabled';

/** An utterance with its audio; see {@link PlaneUtterance}. */
export type OfflineUtterance = Omit<PlaneUtterance, 'handle'>;

/** The samples of an `audio_chunk` event. */
export interface OfflineChunk {
  nodeId: string;
  /** Counts the chunks of this node, from 0. */
  index: number;
  /** Hz. */
  sampleRate: number;
  channels: number;
  /** Whether it is shorter than the others because the audio ended or was interrupted. */
  isPartial: boolean;
  /** Planar: as many of the first channel as of each other. */
  samples: Float32Array;
}

/** A place in the graph for a node outside. */
export interface HostPlace {
  readonly nodeId: string;
  /** What it hears; null where it hears nothing. */
  readonly input?: AudioFormat | null;
  /** What it is to answer with; null where it gives no audio. */
  readonly output?: AudioFormat | null;
}

/** What the graph handed to a node outside. */
export interface HostFrame {
  /** Of the first sample, counted at the rate of the node's input. */
  readonly position: number;
  /** Planar, 10 ms, the caller's own. */
  readonly samples: Float32Array;
}

export interface OfflinePipeline {
  /** Samples per channel in one 10 ms frame of input. */
  readonly inputFrameSamples: number;
  /** What `output` holds, or null where the pipeline gives no audio. */
  readonly outputFormat: AudioFormat | null;
  /** Delay of the audio through the graph, in samples of the output (of the input where there is no output). */
  readonly latencySamples: number;
  /** The compiled plan as JSON: steps in order, inserted converters, latencies. */
  readonly plan: string;
  /** Node ids in plan order; the index is the event's node. */
  readonly nodeIds: string[];
  /** Input frame: planar, `channels * inputFrameSamples` values. Fill it, then call process. Always the same array. */
  readonly input: Float32Array;
  /** Output frame: planar, `channels * sampleRate / 100` values; length 0 without output. Always the same array. */
  readonly output: Float32Array;

  /**
   * Runs one frame from `input` to `output`. Allocates nothing.
   * @returns how many events wait to be drained.
   * @throws NativeError `graph_failed` once a node with policy `fail_session` has failed; `session_panicked`
   *   where the graph itself did.
   */
  process(): number;

  /** Nodes outside that have a place in the graph, in the order of the manifest. */
  readonly hosts: HostPlace[];

  /** What the last `process` handed to such a node; null where it does not hear, and before the first frame. */
  hostFrame(host: number): HostFrame | null;

  /**
   * Its answer: audio for a position, counted at the rate of its output, or, where that is negative, for after what waits already.
   * @param samples planar, any length.
   * @returns how many samples per channel were taken: not what is too late, too far ahead, or more than can wait.
   */
  giveHostAudio(host: number, position: number, samples: Float32Array): number;

  /** Samples per channel that it gave and that are not played yet. */
  hostQueued(host: number): number;

  /** For how many frames its answer had not come. */
  hostLate(host: number): number;

  /** Closes what is open: speech, an utterance. Events about it can be drained afterwards. */
  endOfInput(): void;

  /**
   * Switches a node off or on, from the next frame. One that is off is not called and says nothing, after closing what it had open.
   * Latency stays as it is; the change is a fade of 10 ms after the node's latency.
   * @throws NativeError `unknown_node` where the audio graph has no such node; `invalid_options` for another state.
   */
  setNodeState(nodeId: string, state: NodeState): void;

  /** As new, with the same parameters and every node enabled. Undrained events are forgotten; metrics are kept. */
  reset(): void;

  /** Events in the client's shape as JSON texts, without `session_id` and `seq`, oldest first. */
  drainEvents(): string[];

  /** Utterances whose events have been drained. They are kept until they are taken. */
  drainUtterances(): OfflineUtterance[];

  /** Chunks whose events have been drained. They are kept until they are taken. */
  drainChunks(): OfflineChunk[];

  /** What it has cost since it was made. */
  metrics(): PipelineMetrics;

  /**
   * The same in the shape in which many are added up.
   * @param pipeline the name by which its operator knows it; null where the manifest is a client's: nodes then go by their types.
   */
  total(pipeline: string | null): PipelineTotal;
}

export interface OfflinePipelineConstructor {
  /**
   * @param manifest manifest v1 as JSON or YAML text.
   * @param externals JSON of the `ExternalSpec[]` that the host knows. The graph keeps a place for nodes outside that hear or give audio;
   *   whoever made it runs them.
   * @throws NativeError `invalid_manifest` (with all `complaints`), `invalid_options`.
   */
  new (manifest: string, options: AudioFormat, externals?: string): OfflinePipeline;
}
