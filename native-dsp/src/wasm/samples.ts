/**
 * Functions on whole arrays of samples, on WebAssembly: conversion block by block in one instance, whose memory does not grow; spectrograms in
 * an instance each, whose memory goes with it. The other half of this interface is `native-dsp/wasm/src/samples.rs`.
 */
import { nativeError } from '../errors.js';
import type { SampleFormat, SampleFunctions, Samples, SamplesOf } from '../samples.js';
import { WasmInstance } from './instance.js';

interface SamplesConstructor {
  new (length: number): Samples;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): Samples;
}

const ARRAYS: { readonly [Format in SampleFormat]: SamplesConstructor } = {
  f32: Float32Array,
  i16: Int16Array,
  i32: Int32Array,
};
/** In the order of their numbers in the module. */
const FORMATS: readonly SampleFormat[] = ['f32', 'i16', 'i32'];

export function sampleFunctions(module: WebAssembly.Module): SampleFunctions {
  let converter: Converter | undefined;
  const convert = (input: Samples, output: Samples) => {
    if (!converter || converter.isLost) converter = new Converter(module);
    converter.convert(input, output);
  };
  return {
    convertSamples: <Format extends SampleFormat>(input: Samples, format: Format) => {
      if (!FORMATS.includes(format)) throw nativeError('invalid_options', 'format must be f32, i16 or i32');
      const output = new ARRAYS[format](input.length);
      convert(input, output);
      return output as SamplesOf[Format];
    },
    convertSamplesInto: (input, output) => {
      if (input.length !== output.length)
        throw nativeError('invalid_options', 'input and output must be of one length');
      if (doOverlap(input, output))
        throw nativeError('invalid_options', 'input and output must not share memory');
      convert(input, output);
    },
    logMelSpectrogram: (samples, mels) => logMelSpectrogram(module, samples, mels),
  };
}

class Converter {
  readonly #instance: WasmInstance;
  readonly #blockSamples: number;

  constructor(module: WebAssembly.Module) {
    this.#instance = new WasmInstance(module);
    this.#blockSamples = this.#instance.call('samples_block');
  }

  get isLost(): boolean {
    return this.#instance.isLost;
  }

  /** Arrays of one length. */
  convert(input: Samples, output: Samples): void {
    const [from, to] = [numberOf(input), numberOf(output)];
    const [source, sink] = [
      this.#instance.call('samples_input', from),
      this.#instance.call('samples_output', to),
    ];
    for (let at = 0; at < input.length; at += this.#blockSamples) {
      const length = Math.min(this.#blockSamples, input.length - at);
      this.#instance
        .view<Samples>(ARRAYS[FORMATS[from]!], source, length)
        .set(input.subarray(at, at + length));
      this.#instance.call('samples_convert', from, to, length);
      output.set(this.#instance.view<Samples>(ARRAYS[FORMATS[to]!], sink, length), at);
    }
  }
}

function logMelSpectrogram(module: WebAssembly.Module, samples: Float32Array, mels: number): Float32Array {
  const instance = new WasmInstance(module);
  const input = instance.call('log_mel_input', samples.length);
  instance.view(Float32Array, input, samples.length).set(samples);
  const length = instance.call('log_mel_spectrogram', mels);
  return instance.view(Float32Array, instance.call('log_mel_output'), length).slice();
}

function numberOf(samples: Samples): number {
  const number = FORMATS.findIndex((format) => samples instanceof ARRAYS[format]);
  if (number >= 0) return number;
  throw nativeError('invalid_options', 'samples must be a Float32Array, Int16Array or Int32Array');
}

function doOverlap(a: Samples, b: Samples): boolean {
  return (
    a.buffer === b.buffer &&
    a.byteOffset < b.byteOffset + b.byteLength &&
    b.byteOffset < a.byteOffset + a.byteLength
  );
}
