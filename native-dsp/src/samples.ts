/** Types for whole arrays of samples: conversion between formats, and Whisper's log-mel spectrogram. */

/** A format of samples: -1..1 in `f32`; `i16` and `i32` are steps of 1/32768 and 1/2147483648. */
export type SampleFormat = 'f32' | 'i16' | 'i32';

/** Samples in one of these formats. */
export type Samples = Float32Array | Int16Array | Int32Array;

/** The array that holds a format. */
export interface SamplesOf {
  f32: Float32Array;
  i16: Int16Array;
  i32: Int32Array;
}

export interface SampleFunctions {
  /**
   * Converts samples of any format to any format: to the nearest step, saturating beyond full scale; NaN becomes 0.
   * @returns a new array.
   * @throws NativeError `invalid_options` for an unknown format.
   */
  convertSamples<Format extends SampleFormat>(input: Samples, format: Format): SamplesOf[Format];

  /**
   * The same into an array that is there already, whose type is the format. Allocates no other.
   * @throws NativeError `invalid_options` where the arrays are not of one length, or share memory.
   */
  convertSamplesInto(input: Samples, output: Samples): void;

  /**
   * Whisper's input for a whole recording at 16 kHz: mirrored at its ends, limited to 8 below the highest value,
   * scaled by (x + 4) / 4. For 30 s windows pad `samples` with zeros to 480 000.
   * @param mels bands: 128 for large-v3 and its descendants, 80 for models before.
   * @returns band after band, `floor(samples.length / 160)` values each.
   * @throws NativeError `invalid_options` for another number of bands.
   */
  logMelSpectrogram(samples: Float32Array, mels: 80 | 128): Float32Array;
}
