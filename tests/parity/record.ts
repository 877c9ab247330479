/** One run of one case, and all that came out of it. Runs in a browser too. */
import { isNativeError, type OfflinePipeline, type OfflineRuntime } from '@remotemedia/native-dsp/wasm';
import type { ParityCase } from './cases.js';

export interface Record {
  /** Frames one after the other, planar within a frame. */
  readonly audio: Float32Array;
  /** JSON texts. */
  readonly events: readonly string[];
  readonly utterances: readonly { index: number; samples: Int16Array }[];
  /** Those that nodes hand out, one after the other. */
  readonly chunks: Float32Array;
  readonly latencySamples: number;
  /** What ended it: code, message and complaints, as text. */
  readonly error: string | null;
}

/**
 * Runs the whole vector, whose planes fit the case's format, and closes the input.
 * @param beforeFrame what else happens to the pipeline.
 */
export function record(
  runtime: OfflineRuntime,
  { manifest, format }: Pick<ParityCase, 'manifest' | 'format'>,
  planes: Float32Array[],
  beforeFrame: (pipeline: OfflinePipeline, frame: number) => void = () => {},
): Record {
  const events: string[] = [];
  const utterances: { index: number; samples: Int16Array }[] = [];
  const chunks: Float32Array[] = [];
  let audio = new Float32Array(0);
  let latencySamples = 0;
  let frame = 0;
  try {
    const pipeline = new runtime.OfflinePipeline(manifest, format);
    latencySamples = pipeline.latencySamples;
    const size = pipeline.inputFrameSamples;
    const frames = Math.floor(planes[0]!.length / size);
    const drain = () => {
      events.push(...pipeline.drainEvents());
      for (const { index, samples } of pipeline.drainUtterances()) utterances.push({ index, samples });
      chunks.push(...pipeline.drainChunks().map(({ samples }) => samples));
    };
    audio = new Float32Array(frames * pipeline.output.length);
    for (; frame < frames; frame++) {
      for (const [channel, plane] of planes.entries())
        pipeline.input.set(plane.subarray(frame * size, (frame + 1) * size), channel * size);
      beforeFrame(pipeline, frame);
      if (pipeline.process() > 0) drain();
      audio.set(pipeline.output, frame * pipeline.output.length);
    }
    pipeline.endOfInput();
    drain();
  } catch (error) {
    if (!isNativeError(error)) throw error;
    const { code, message, complaints } = error;
    return {
      audio,
      events,
      utterances,
      chunks: concatenate(chunks),
      latencySamples,
      error: JSON.stringify({ frame, code, message, complaints }),
    };
  }
  return { audio, events, utterances, chunks: concatenate(chunks), latencySamples, error: null };
}

/** The parts one after the other. */
export function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Audio of another rate or channel count than a vector has; the same on every runtime only if they agree. */
export function convert(
  runtime: OfflineRuntime,
  plane: Float32Array,
  fromHz: number,
  toHz: number,
  quality: 'high' | 'very_high',
): Float32Array {
  const converter = new runtime.RateConverter({ fromHz, toHz, channels: 1, quality });
  const blocks = Math.floor(plane.length / converter.inputSamples);
  const converted = new Float32Array(blocks * converter.outputSamples);
  for (let block = 0; block < blocks; block++) {
    const from = block * converter.inputSamples;
    converter.input.set(plane.subarray(from, from + converter.inputSamples));
    converter.process();
    converted.set(converter.output, block * converter.outputSamples);
  }
  return converted;
}

/** 53 bits over everything in a record: equal where, and practically only where, the records are bit for bit. */
export function digest({ audio, events, utterances, chunks, latencySamples, error }: Record): string {
  const hash = new Hash();
  hash.words(new Uint32Array(audio.buffer, audio.byteOffset, audio.length));
  hash.words(new Uint32Array(chunks.buffer));
  for (const text of [...events, String(latencySamples), String(error)]) hash.text(text);
  for (const { index, samples } of utterances) {
    hash.text(String(index));
    hash.words(Uint32Array.from(samples));
  }
  return hash.value();
}

export function digestOfTexts(texts: readonly string[]): string {
  const hash = new Hash();
  for (const text of texts) hash.text(text);
  return hash.value();
}

export function digestOfSamples(samples: Float32Array): string {
  const hash = new Hash();
  hash.words(new Uint32Array(samples.buffer, samples.byteOffset, samples.length));
  return hash.value();
}

/** Two multiply-and-xor lanes with different odd constants. Not against malice. */
class Hash {
  #a = 0xdeadbeef;
  #b = 0x41c6ce57;

  words(words: Uint32Array): void {
    for (const word of words) {
      this.#a = Math.imul(this.#a ^ word, 0x9e3779b1);
      this.#a ^= this.#a >>> 15;
      this.#b = Math.imul(this.#b ^ word, 0x5f356495);
      this.#b ^= this.#b >>> 13;
    }
  }

  text(text: string): void {
    this.words(Uint32Array.from(text, (character) => character.codePointAt(0)!));
    this.words(Uint32Array.of(text.length));
  }

  value(): string {
    return [this.#a, this.#b].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
