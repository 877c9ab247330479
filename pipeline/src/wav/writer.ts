/**
 * Writes WAV: the header for a known or unknown length, and samples from planar f32.
 */
import { BYTES_PER_SAMPLE, type WavFormat } from './format.js';

/** What this writer produces. */
export type WavOutputFormat = WavFormat & { encoding: 's16' | 'f32' };

/** Bytes of {@link wavHeader}. */
export const WAV_HEADER_BYTES = 44;

/** What a reader of a pipe takes as "until the end". */
const UNKNOWN_SIZE = 0xffff_ffff;

/** A header for `dataBytes` bytes of samples; null where the length is not known, as on a pipe. */
export function wavHeader(format: WavOutputFormat, dataBytes: number | null): Uint8Array<ArrayBuffer> {
  const width = BYTES_PER_SAMPLE[format.encoding];
  // 32-bit sizes end at 4 GiB; past that, readers take the unknown size as "until the end".
  const size = dataBytes === null || dataBytes > UNKNOWN_SIZE - WAV_HEADER_BYTES ? null : dataBytes;
  const header = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(header.buffer);
  putText(header, 0, 'RIFF');
  view.setUint32(4, size === null ? UNKNOWN_SIZE : WAV_HEADER_BYTES - 8 + size, true);
  putText(header, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, format.encoding === 'f32' ? 3 : 1, true);
  view.setUint16(22, format.channels, true);
  view.setUint32(24, format.sampleRate, true);
  view.setUint32(28, format.sampleRate * format.channels * width, true);
  view.setUint16(32, format.channels * width, true);
  view.setUint16(34, width * 8, true);
  putText(header, 36, 'data');
  view.setUint32(40, size ?? UNKNOWN_SIZE, true);
  return header;
}

/** `frames` samples of every plane, interleaved and encoded; out of range is clipped. */
export function encodeSamples(
  planes: readonly Float32Array[],
  frames: number,
  encoding: 's16' | 'f32',
): Uint8Array<ArrayBuffer> {
  const channels = planes.length;
  const width = BYTES_PER_SAMPLE[encoding];
  const bytes = new Uint8Array(frames * channels * width);
  const view = new DataView(bytes.buffer);
  for (let channel = 0; channel < channels; channel++) {
    const plane = planes[channel]!;
    for (let frame = 0; frame < frames; frame++) {
      const sample = plane[frame]!;
      const offset = (frame * channels + channel) * width;
      if (encoding === 'f32') view.setFloat32(offset, sample, true);
      else view.setInt16(offset, Math.round(Math.max(-1, Math.min(0x7fff / 0x8000, sample)) * 0x8000), true);
    }
  }
  return bytes;
}

/** A whole mono 16-bit file. */
export function encodeWav(samples: Int16Array, sampleRate: number): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(WAV_HEADER_BYTES + samples.byteLength);
  file.set(wavHeader({ sampleRate, channels: 1, encoding: 's16' }, samples.byteLength));
  file.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), WAV_HEADER_BYTES);
  return file;
}

function putText(bytes: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length; index++) bytes[offset + index] = text.charCodeAt(index);
}
