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
export function wavHeader(format: WavOutputFormat, dataBytes: number | null): Buffer {
  const width = BYTES_PER_SAMPLE[format.encoding];
  // 32-bit sizes end at 4 GiB; past that, readers take the unknown size as "until the end".
  const size = dataBytes === null || dataBytes > UNKNOWN_SIZE - WAV_HEADER_BYTES ? null : dataBytes;
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(size === null ? UNKNOWN_SIZE : WAV_HEADER_BYTES - 8 + size, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(format.encoding === 'f32' ? 3 : 1, 20);
  header.writeUInt16LE(format.channels, 22);
  header.writeUInt32LE(format.sampleRate, 24);
  header.writeUInt32LE(format.sampleRate * format.channels * width, 28);
  header.writeUInt16LE(format.channels * width, 32);
  header.writeUInt16LE(width * 8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(size ?? UNKNOWN_SIZE, 40);
  return header;
}

/** `frames` samples of every plane, interleaved and encoded; out of range is clipped. */
export function encodeSamples(planes: Float32Array[], frames: number, encoding: 's16' | 'f32'): Buffer {
  const channels = planes.length;
  const width = BYTES_PER_SAMPLE[encoding];
  const bytes = Buffer.allocUnsafe(frames * channels * width);
  for (let channel = 0; channel < channels; channel++) {
    const plane = planes[channel]!;
    for (let frame = 0; frame < frames; frame++) {
      const sample = plane[frame]!;
      const offset = (frame * channels + channel) * width;
      if (encoding === 'f32') bytes.writeFloatLE(sample, offset);
      else bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(0x7fff / 0x8000, sample)) * 0x8000), offset);
    }
  }
  return bytes;
}

/** A whole mono 16-bit file. */
export function encodeWav(samples: Int16Array, sampleRate: number): Buffer {
  const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  return Buffer.concat([wavHeader({ sampleRate, channels: 1, encoding: 's16' }, data.length), data]);
}
