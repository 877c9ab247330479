/**
 * Types of the rate converter: for audio whose rate makes no whole 10 ms frames (22 050 Hz), before it goes
 * into an offline pipeline.
 */

export interface RateConversion {
  /** Hz, 1 000 to 768 000. */
  fromHz: number;
  /** Hz, 1 000 to 768 000. */
  toHz: number;
  /** 1 to 8. */
  channels: number;
  /**
   * Steepness of the filter: 24, 32, 48 (`high`, the default) or 90 samples of delay at the slower rate.
   * `very_high` is flat to 0.91 of the slower rate's band, aliases 130 dB down: the filter of the resampler. It takes two
   * channels in the time of one.
   */
  quality?: 'low' | 'medium' | 'high' | 'very_high';
}

export interface RateConverter {
  /** Samples per channel that every call of `process` takes. */
  readonly inputSamples: number;
  /** Samples per channel that every call gives: the same duration. */
  readonly outputSamples: number;
  /** Delay in samples of the output. */
  readonly latencySamples: number;
  /** Planar, `channels * inputSamples` values. Fill it, then call process. Always the same array. */
  readonly input: Float32Array;
  /** Planar, `channels * outputSamples` values. Always the same array. */
  readonly output: Float32Array;
  /** Converts one block from `input` to `output`. */
  process(): void;
}

export interface RateConverterConstructor {
  /** @throws NativeError `invalid_options`. */
  new (options: RateConversion): RateConverter;
}
