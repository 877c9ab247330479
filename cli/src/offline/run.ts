/**
 * A pipeline over a whole WAV stream, faster than real time: the same graph as in a session, frame by frame.
 * The output is aligned with the input: the graph's delay is cut off at its start and made up at its end.
 */
import type { AudioFormat, OfflinePipeline } from '@remotemedia/native-dsp';
import type { WavSource } from './source.js';

/** Where the results go; each may be absent. */
export interface Results {
  /** Samples `from` to `to` of the output planes are valid. */
  audio?: (planes: Float32Array[], from: number, to: number) => Promise<void>;
  event?: (json: string) => Promise<void>;
  /** Called once a frame with the seconds of input done so far. */
  progress?: (seconds: number) => void;
}

/** A pipeline over a stream, whatever runs it. */
export interface Engine {
  /** Of the audio that it gives; null where it gives none. */
  readonly outputFormat: AudioFormat | null;
  /** Returns the seconds of audio processed. */
  run(results: Results): Promise<number>;
}

/** Cuts a shared planar buffer into its planes. */
export function planesOf(buffer: Float32Array, channels: number): Float32Array[] {
  const length = buffer.length / channels;
  return Array.from({ length: channels }, (_, i) => buffer.subarray(i * length, (i + 1) * length));
}

/** Runs `source` through `pipeline` to the end. Returns the seconds of audio processed. */
export async function runOffline(
  pipeline: OfflinePipeline,
  source: WavSource,
  results: Results,
): Promise<number> {
  const { sampleRate, channels } = source.format;
  const input = planesOf(pipeline.input, channels);
  const output = pipeline.outputFormat ? planesOf(pipeline.output, pipeline.outputFormat.channels) : [];
  const outputRate = pipeline.outputFormat?.sampleRate ?? sampleRate;
  let inputSamples = 0;
  /** Output samples to leave out at the start (the graph's delay), then output samples still owed. */
  let skip = pipeline.latencySamples;
  let written = 0;

  const step = async (wanted: number) => {
    const events = pipeline.process();
    const length = output[0]?.length ?? 0;
    const from = Math.min(skip, length);
    const to = Math.min(length, from + wanted - written);
    skip -= from;
    written += Math.max(0, to - from);
    if (to > from) await results.audio?.(output, from, to);
    if (events > 0) await drain(pipeline, results);
  };

  for await (const samples of source.frames(input)) {
    inputSamples += samples;
    await step(Math.round((inputSamples * outputRate) / sampleRate));
    results.progress?.(inputSamples / sampleRate);
  }
  const total = Math.round((inputSamples * outputRate) / sampleRate);
  for (const plane of input) plane.fill(0);
  while (output.length > 0 && written < total) await step(total);
  pipeline.endOfInput();
  await drain(pipeline, results);
  return inputSamples / sampleRate;
}

async function drain(pipeline: OfflinePipeline, results: Results): Promise<void> {
  for (const json of pipeline.drainEvents()) await results.event?.(json);
  // Nobody fetches the audio of utterances and chunks here; it must not pile up.
  pipeline.drainUtterances();
  pipeline.drainChunks();
}
