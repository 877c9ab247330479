/** The resampler on WebAssembly. Each has an instance of its own. */
import { nativeError } from '../errors.js';
import type { Resampler, Resampling } from '../resampler.js';
import { WasmInstance } from './instance.js';

export class WasmResampler implements Resampler {
  readonly #instance: WasmInstance;

  constructor(module: WebAssembly.Module, { fromHz, toHz, channels, layout = 'planar' }: Resampling) {
    this.#instance = new WasmInstance(module);
    this.#instance.call('resampler_create', fromHz, toHz, channels, ...this.#instance.give(layout));
  }

  outputSamples(samples: number): number {
    return this.#instance.call('resampler_output_samples', samples);
  }

  convert(input: Float32Array): Float32Array {
    return this.#run(input).slice();
  }

  convertInto(input: Float32Array, output: Float32Array): void {
    if (overlap(input, output)) throw nativeError('invalid_options', 'input and output share memory');
    this.#instance.call('resampler_check', input.length, output.length);
    output.set(this.#run(input));
  }

  /** @returns a view that is good until the next call. */
  #run(input: Float32Array): Float32Array {
    const from = this.#instance.call('resampler_input', input.length);
    this.#instance.samples(from, input.length).view.set(input);
    const length = this.#instance.call('resampler_convert');
    return this.#instance.samples(this.#instance.call('resampler_output'), length).view;
  }
}

/** Harmless here, but not natively, and both runtimes must say the same. */
function overlap(a: Float32Array, b: Float32Array): boolean {
  const end = (array: Float32Array) => array.byteOffset + array.byteLength;
  return a.buffer === b.buffer && a.byteOffset < end(b) && b.byteOffset < end(a);
}
