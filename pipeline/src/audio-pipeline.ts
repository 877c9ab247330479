/**
 * A manifest as a running graph, driven by its caller: for files, tests and batch work. The graph is the one that sessions run, so results
 * are the same. One AudioPipeline is one stream; it keeps state from frame to frame until `reset`.
 */
import type {
  AudioFormat,
  ManifestValidation,
  OfflineChunk,
  OfflinePipeline,
  OfflineRuntime,
  OfflineUtterance,
  PipelineMetrics,
} from '@remotemedia/native-dsp';
import type { PipelineEvent } from './item.js';
import { audioFault } from './item-fault.js';
import { chooseRuntime, runtimeFor } from './runtime/runtime.js';

export const DEFAULT_FORMAT: AudioFormat = { sampleRate: 48_000, channels: 1 };

/** What a run gave. Planes are the caller's own copies. */
export interface AudioResult {
  /** One plane per channel; empty where the pipeline gives no audio. Delayed by `latencySamples`. */
  readonly planes: Float32Array[];
  readonly events: PipelineEvent[];
  readonly utterances: OfflineUtterance[];
  /** The samples of `audio_chunk` events. */
  readonly chunks: OfflineChunk[];
}

export interface AudioPipelineOptions {
  /** Of the input. Default 48 kHz mono. */
  readonly format?: AudioFormat;
  /** Default: the one that the manifest's `runtime_hint`, the environment and this machine come to. */
  readonly runtime?: OfflineRuntime;
}

/**
 * Checks a manifest (JSON or YAML text) without running it. Never throws for a bad manifest.
 * @param purpose `audio`: as a session takes it, which has no use for JSON values.
 */
export function validateManifest(
  text: string,
  { purpose, runtime = chooseRuntime().offline }: { purpose?: 'audio'; runtime?: OfflineRuntime } = {},
): ManifestValidation {
  return JSON.parse(runtime.validateManifest(text, purpose)) as ManifestValidation;
}

export class AudioPipeline {
  readonly inputFormat: AudioFormat;
  readonly #graph: OfflinePipeline;

  /**
   * @param text manifest v1 as JSON or YAML.
   * @throws NativeError `invalid_manifest` with all complaints, `invalid_options`; RuntimeUnavailableError.
   */
  static fromText(
    text: string,
    { format = DEFAULT_FORMAT, runtime = runtimeFor(text).offline }: AudioPipelineOptions = {},
  ): AudioPipeline {
    return new AudioPipeline(new runtime.OfflinePipeline(text, format), format);
  }

  /** The same for a manifest that is parsed already. */
  static fromManifest(manifest: object, options: AudioPipelineOptions = {}): AudioPipeline {
    return AudioPipeline.fromText(JSON.stringify(manifest), options);
  }

  private constructor(graph: OfflinePipeline, inputFormat: AudioFormat) {
    this.#graph = graph;
    this.inputFormat = inputFormat;
  }

  /** Samples per channel in the 10 ms frame that the graph works in. */
  get frameSamples(): number {
    return this.#graph.inputFrameSamples;
  }

  get outputFormat(): AudioFormat | null {
    return this.#graph.outputFormat;
  }

  get latencySamples(): number {
    return this.#graph.latencySamples;
  }

  get nodeIds(): readonly string[] {
    return this.#graph.nodeIds;
  }

  /** The compiled plan: steps in order, inserted converters, latencies. */
  get plan(): unknown {
    return JSON.parse(this.#graph.plan);
  }

  /**
   * Runs audio through the graph. The last frame of a call is filled up with silence, so cut streams at multiples of `frameSamples`.
   * @param planes one per input channel, all of one length.
   * @throws RangeError `unsound_audio` for planes that do not fit the input format; NativeError `graph_failed`.
   */
  run(planes: readonly Float32Array[]): AudioResult {
    const length = this.#lengthOf(planes);
    const frames = Math.ceil(length / this.frameSamples);
    const channels = this.outputFormat?.channels ?? 0;
    const outputFrame = channels === 0 ? 0 : this.#graph.output.length / channels;
    const output = Array.from({ length: channels }, () => new Float32Array(frames * outputFrame));
    const events: PipelineEvent[] = [];
    for (let frame = 0; frame < frames; frame++) {
      this.#fill(planes, frame * this.frameSamples);
      if (this.#graph.process() > 0) events.push(...this.#drainEvents());
      for (const [channel, plane] of output.entries()) {
        const from = channel * outputFrame;
        plane.set(this.#graph.output.subarray(from, from + outputFrame), frame * outputFrame);
      }
    }
    return this.#result(output, events);
  }

  /** The input is over: closes open speech and utterances. */
  finish(): AudioResult {
    this.#graph.endOfInput();
    return this.#result([], this.#drainEvents());
  }

  /** What the nodes and the whole have cost since this AudioPipeline was made: plain data, ready for `JSON.stringify`. */
  getMetrics(): PipelineMetrics {
    return this.#graph.metrics();
  }

  /** As new, but for the metrics. */
  reset(): void {
    this.#graph.reset();
  }

  #lengthOf(planes: readonly Float32Array[]): number {
    const { channels, sampleRate } = this.inputFormat;
    const fault = audioFault({ kind: 'audio', planes, sampleRate });
    if (!fault && planes.length === channels) return planes[0]!.length;
    const found = fault ?? `audio of ${planes.length} channels`;
    const message = `the input is ${found}; it must be ${channels} planes of one length, Float32Arrays`;
    throw Object.assign(new RangeError(message), { code: 'unsound_audio' });
  }

  #fill(planes: readonly Float32Array[], from: number): void {
    const { input } = this.#graph;
    const size = this.frameSamples;
    for (const [channel, plane] of planes.entries()) {
      const part = plane.subarray(from, from + size);
      input.set(part, channel * size);
      input.fill(0, channel * size + part.length, (channel + 1) * size);
    }
  }

  #result(planes: Float32Array[], events: PipelineEvent[]): AudioResult {
    const [utterances, chunks] = [this.#graph.drainUtterances(), this.#graph.drainChunks()];
    return { planes, events, utterances, chunks };
  }

  #drainEvents(): PipelineEvent[] {
    return this.#graph.drainEvents().map((json) => JSON.parse(json) as PipelineEvent);
  }
}
