/** The rate converter on WebAssembly. Each has an instance of its own. */
import { expectFrame } from '../arguments.js';
import type { RateConversion, RateConverter } from '../rate-converter.js';
import { WasmInstance, type WasmSamples } from './instance.js';

type Description = Pick<RateConverter, 'inputSamples' | 'outputSamples' | 'latencySamples'>;

export class WasmRateConverter implements RateConverter {
  readonly inputSamples: number;
  readonly outputSamples: number;
  readonly latencySamples: number;
  readonly input: Float32Array;
  readonly output: Float32Array;
  readonly #instance: WasmInstance;
  readonly #input: WasmSamples;
  readonly #output: WasmSamples;

  constructor(module: WebAssembly.Module, { fromHz, toHz, channels, quality = 'high' }: RateConversion) {
    const instance = new WasmInstance(module);
    instance.call('converter_create', fromHz, toHz, channels, ...instance.give(quality));
    const description = JSON.parse(instance.reply()) as Description;
    this.inputSamples = description.inputSamples;
    this.outputSamples = description.outputSamples;
    this.latencySamples = description.latencySamples;
    this.input = new Float32Array(this.inputSamples * channels);
    this.output = new Float32Array(this.outputSamples * channels);
    this.#instance = instance;
    this.#input = instance.samples(instance.call('converter_input'), this.input.length);
    this.#output = instance.samples(instance.call('converter_output'), this.output.length);
  }

  process(): void {
    expectFrame('input', this.input, this.#input.length);
    expectFrame('output', this.output, this.#output.length);
    this.#input.view.set(this.input);
    this.#instance.call('converter_process');
    this.output.set(this.#output.view);
  }
}
