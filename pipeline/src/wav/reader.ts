/**
 * Reads WAV from a stream of bytes, without knowing its length: files, pipes and endless streams alike.
 * Format: RIFF WAVE (Microsoft/IBM 1991), WAVE_FORMAT_EXTENSIBLE, RF64/`ds64` sizes ignored. Used by the
 * command line; never touches a file itself.
 */
import { BYTES_PER_SAMPLE, WavError, type WavFormat } from './format.js';

const FORMAT_PCM = 1;
const FORMAT_FLOAT = 3;
const FORMAT_EXTENSIBLE = 0xfffe;
/** No honest header is longer; what comes before `data` is metadata that nobody here reads. */
const MAX_HEADER_BYTES = 1 << 20;
/** Sizes that a writer to a pipe leaves behind, because it could not go back and fill them in. */
const UNKNOWN_SIZES = new Set([0, 0xffff_ffff, 0x7fff_ffff, 0x7fff_f000]);

/** A header that has been read, and where the samples begin. */
export interface WavHeader {
  format: WavFormat;
  /** Bytes before the first sample. */
  dataOffset: number;
  /** Bytes of samples, or null where the writer did not know. */
  dataBytes: number | null;
}

/**
 * Parses the header at the start of `bytes`, or returns null when more bytes are needed.
 * @throws WavError when this is not a WAV file, or one of a kind that is not supported.
 */
export function parseWavHeader(bytes: Buffer): WavHeader | null {
  if (bytes.length >= 4 && !['RIFF', 'RF64'].includes(bytes.toString('latin1', 0, 4))) {
    throw new WavError('not_wav', 'not a WAV file: it does not begin with RIFF');
  }
  if (bytes.length < 12) return null;
  if (bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new WavError('not_wav', 'not a WAV file: the RIFF form is not WAVE');
  }
  let format: WavFormat | null = null;
  let offset = 12;
  while (offset + 8 <= bytes.length) {
    const id = bytes.toString('latin1', offset, offset + 4);
    const size = bytes.readUInt32LE(offset + 4);
    const body = offset + 8;
    if (id === 'data') {
      if (format === null)
        throw new WavError('bad_format', 'the WAV file has samples before its format chunk');
      return { format, dataOffset: body, dataBytes: UNKNOWN_SIZES.has(size) ? null : size };
    }
    if (body + size > MAX_HEADER_BYTES) {
      throw new WavError('no_data', 'the WAV file has no samples in its first mebibyte');
    }
    if (body + size > bytes.length) return null;
    if (id === 'fmt ') format = parseFormat(bytes.subarray(body, body + size));
    offset = body + size + (size & 1); // chunks are padded to even length
  }
  return null;
}

/** The samples of whole frames at the start of `bytes`, as planar f32; `planes` holds one array a channel. */
export function decodeSamples(
  bytes: Buffer,
  format: WavFormat,
  frames: number,
  planes: Float32Array[],
): void {
  const width = BYTES_PER_SAMPLE[format.encoding];
  const read = READERS[format.encoding];
  for (let channel = 0; channel < format.channels; channel++) {
    const plane = planes[channel]!;
    for (let frame = 0; frame < frames; frame++) {
      plane[frame] = read(bytes, (frame * format.channels + channel) * width);
    }
  }
}

const READERS: Record<WavFormat['encoding'], (bytes: Buffer, offset: number) => number> = {
  u8: (bytes, offset) => (bytes[offset]! - 128) / 128,
  s16: (bytes, offset) => bytes.readInt16LE(offset) / 0x8000,
  s24: (bytes, offset) => bytes.readIntLE(offset, 3) / 0x80_0000,
  s32: (bytes, offset) => bytes.readInt32LE(offset) / 0x8000_0000,
  f32: (bytes, offset) => bytes.readFloatLE(offset),
  f64: (bytes, offset) => bytes.readDoubleLE(offset),
};

function parseFormat(chunk: Buffer): WavFormat {
  if (chunk.length < 16)
    throw new WavError('truncated_header', 'the format chunk of the WAV file is too short');
  const tag = chunk.readUInt16LE(0);
  const channels = chunk.readUInt16LE(2);
  const sampleRate = chunk.readUInt32LE(4);
  const bits = chunk.readUInt16LE(14);
  // The extensible form names the real format in the first bytes of a GUID (Microsoft, mmreg.h).
  const kind = tag === FORMAT_EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag;
  const encoding = encodingOf(kind, bits);
  if (encoding === null) {
    throw new WavError(
      'unsupported_encoding',
      `WAV format ${kind} with ${bits} bits is not supported; convert it to 16, 24 or 32 bit PCM or to float`,
    );
  }
  if (channels === 0) throw new WavError('bad_format', 'the WAV file says that it has 0 channels');
  if (sampleRate === 0) throw new WavError('bad_format', 'the WAV file says that its sample rate is 0');
  return { sampleRate, channels, encoding };
}

function encodingOf(kind: number, bits: number): WavFormat['encoding'] | null {
  if (kind === FORMAT_PCM) return ({ 8: 'u8', 16: 's16', 24: 's24', 32: 's32' } as const)[bits] ?? null;
  if (kind === FORMAT_FLOAT) return ({ 32: 'f32', 64: 'f64' } as const)[bits] ?? null;
  return null;
}
