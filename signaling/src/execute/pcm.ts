/** Samples on the wire (interleaved, little-endian) as the planes of an item, and back. */
import type { AudioItem } from '@remotemedia/pipeline';
import { decodeSamples, encodeSamples } from '@remotemedia/pipeline';
import { RequestError } from '../errors.js';
import type { AudioEncoding } from '../protocol/index.js';

export interface PcmFormat {
  readonly encoding: AudioEncoding | 's32le';
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
}

const STORED = { s16le: 's16', f32le: 'f32', s32le: 's32' } as const;
export const BYTES_PER_SAMPLE = { s16le: 2, f32le: 4, s32le: 4 } as const;

/** For formats that no schema has checked. @throws RequestError `invalid_input`. */
export function refuseFormat({ sampleRate, channels }: Omit<PcmFormat, 'encoding'>): void {
  if (sampleRate < 1000 || sampleRate > 768_000)
    throw new RequestError('invalid_input', `The sample rate ${sampleRate} is not within 1000 to 768000 Hz`);
  if (channels < 1 || channels > 8)
    throw new RequestError('invalid_input', `Audio has 1 to 8 channels, not ${channels}`);
}

/** @throws RequestError `invalid_input` where the bytes are no whole number of frames. */
export function decodePcm(bytes: Buffer, { encoding, sampleRate, channels }: PcmFormat): AudioItem {
  const frameBytes = BYTES_PER_SAMPLE[encoding] * channels;
  if (bytes.length % frameBytes !== 0) {
    throw new RequestError(
      'invalid_input',
      `${bytes.length} bytes are no whole number of ${encoding} samples in ${channels} channels`,
    );
  }
  const frames = bytes.length / frameBytes;
  const planes = Array.from({ length: channels }, () => new Float32Array(frames));
  decodeSamples(bytes, { encoding: STORED[encoding], sampleRate, channels }, frames, planes);
  return { kind: 'audio', planes, sampleRate };
}

export const encodePcm = ({ planes }: AudioItem, encoding: AudioEncoding): Buffer =>
  Buffer.from(encodeSamples(planes, planes[0]?.length ?? 0, STORED[encoding]).buffer);
