/**
 * What a WAV file says about its samples, and the error for files that say it wrongly.
 */

/** How the samples of a WAV file are stored. */
export interface WavFormat {
  /** Samples per second and channel. */
  sampleRate: number;
  channels: number;
  /** One sample of one channel. */
  encoding: 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64';
}

/** Bytes of one sample of one channel. */
export const BYTES_PER_SAMPLE = { u8: 1, s16: 2, s24: 3, s32: 4, f32: 4, f64: 8 } as const;

/** Bytes that are not the WAV file they claim to be. */
export class WavError extends Error {
  override readonly name = 'WavError';

  constructor(
    readonly code:
      | 'not_wav'
      | 'truncated_header'
      | 'unsupported_encoding'
      | 'bad_format'
      | 'no_data'
      | 'partial_frame',
    message: string,
  ) {
    super(message);
  }
}
