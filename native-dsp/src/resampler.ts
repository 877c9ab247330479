/** Types of the resampler: whole signals to another rate in one call. For live audio a graph converts by itself. */

export interface Resampling {
  /** Hz, 1 000 to 768 000. */
  fromHz: number;
  /** Hz, 1 000 to 768 000. */
  toHz: number;
  /** 1 to 8. */
  channels: number;
  /** How the channels lie in the arrays: one after the other (the default), or sample by sample. */
  layout?: 'planar' | 'interleaved';
}

/** Remembers nothing between calls: each takes a signal from its beginning to its end. */
export interface Resampler {
  /** Samples per channel that a signal of `samples` per channel becomes: its duration, rounded up. */
  outputSamples(samples: number): number;

  /**
   * The whole signal at the other rate, in place: the filter's delay is taken out. Flat within 0.01 dB to 0.91 of
   * the slower rate's band; what would alias is 130 dB down.
   * @throws NativeError `invalid_options` where the channels cannot share the length.
   */
  convert(input: Float32Array): Float32Array;

  /**
   * The same into an array that is there already. Allocates nothing.
   * @throws NativeError `invalid_options` for another length than {@link Resampler.outputSamples} asks, or shared memory.
   */
  convertInto(input: Float32Array, output: Float32Array): void;
}

export interface ResamplerConstructor {
  /** @throws NativeError `invalid_options`. */
  new (options: Resampling): Resampler;
}
