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
export function parseWavHeader(bytes: Uint8Array): WavHeader | null {
  if (bytes.length >= 4 && !['RIFF', 'RF64'].includes(textOf(bytes, 0))) {
    throw new WavError('not_wav', 'not a WAV file: it does not begin with RIFF');
  }
  if (bytes.length < 12) return null;
  if (textOf(bytes, 8) !== 'WAVE') {
    throw new WavError('not_wav', 'not a WAV file: the RIFF form is not WAVE');
  }
  const view = viewOf(bytes);
  let format: WavFormat | null = null;
  let offset = 12;
  while (offset + 8 <= bytes.length) {
    const id = textOf(bytes, offset);
    const size = view.getUint32(offset + 4, true);
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
    if (id === 'fmt ') format = parseFormat(viewOf(bytes.subarray(body, body + size)));
    offset = body + size + (size & 1); // chunks are padded to even length
  }
  return null;
}

/** The samples of whole frames at the start of `bytes`, as planar f32; `planes` holds one array a channel. */
export function decodeSamples(
  bytes: Uint8Array,
  format: WavFormat,
  frames: number,
  planes: Float32Array[],
): void {
  const width = BYTES_PER_SAMPLE[format.encoding];
  const read = READERS[format.encoding];
  const view = viewOf(bytes);
  for (let channel = 0; channel < format.channels; channel++) {
    const plane = planes[channel]!;
    for (let frame = 0; frame < frames; frame++) {
      plane[frame] = read(view, (frame * format.channels + channel) * width);
    }
  }
}

const READERS: Record<WavFormat['encoding'], (view: DataView, offset: number) => number> = {
  u8: (view, offset) => (view.getUint8(offset) - 128) / 128,
  s16: (view, offset) => view.getInt16(offset, true) / 0x8000,
  s24: (view, offset) => (view.getInt8(offset + 2) * 0x1_0000 + view.getUint16(offset, true)) / 0x80_0000,
  s32: (view, offset) => view.getInt32(offset, true) / 0x8000_0000,
  f32: (view, offset) => view.getFloat32(offset, true),
  f64: (view, offset) => view.getFloat64(offset, true),
};

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** Four letters. */
const textOf = (bytes: Uint8Array, offset: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + 4));

function parseFormat(chunk: DataView): WavFormat {
  if (chunk.byteLength < 16)
    throw new WavError('truncated_header', 'the format chunk of the WAV file is too short');
  const tag = chunk.getUint16(0, true);
  const channels = chunk.getUint16(2, true);
  const sampleRate = chunk.getUint32(4, true);
  const bits = chunk.getUint16(14, true);
  // The extensible form names the real format in the first bytes of a GUID (Microsoft, mmreg.h).
  const kind = tag === FORMAT_EXTENSIBLE && chunk.byteLength >= 26 ? chunk.getUint16(24, true) : tag;
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
