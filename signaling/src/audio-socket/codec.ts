/** The audio of a WebSocket: binary messages to items and back. */
import { OPUS_DECODE_RATE, OPUS_RATES, OpusPacketDecoder, OpusPacketEncoder } from '@remotemedia/gateway';
import type { AudioItem } from '@remotemedia/pipeline';
import { RequestError } from '../errors.js';
import { decodePcm, encodePcm } from '../execute/pcm.js';
import type { AudioSocketEncoding } from '../protocol/index.js';

export interface AudioFormat {
  readonly encoding: AudioSocketEncoding;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
}

/** What a client's audio is. */
export interface AudioDecoder {
  /** The audio of one message; undefined for one that is none. @throws RequestError `invalid_input`. */
  decode(message: Buffer): AudioItem | undefined;
  close(): void;
}

/** What a client gets. The first message of a format is preceded by a description of it. */
export interface AudioEncoder {
  readonly format: AudioFormat;
  encode(audio: AudioItem): Uint8Array[];
  /** What waits to be full. */
  flush(): Uint8Array[];
  close(): void;
}

/** @throws RequestError `invalid_request` for Opus with more than two channels. */
export async function createDecoder(format: AudioFormat): Promise<AudioDecoder> {
  const { encoding, sampleRate, channels } = format;
  if (encoding === 'opus') return OpusPacketDecoder.create(opusChannels(channels));
  return { decode: (message) => decodePcm(message, { encoding, sampleRate, channels }), close() {} };
}

/** @throws RequestError `not_acceptable` where Opus cannot carry what the pipeline gives. */
export async function createEncoder(
  encoding: AudioSocketEncoding,
  { sampleRate, planes }: AudioItem,
): Promise<AudioEncoder> {
  const format = { encoding, sampleRate, channels: planes.length };
  if (encoding !== 'opus') {
    return { format, encode: (audio) => [encodePcm(audio, encoding)], flush: () => [], close() {} };
  }
  if (!OPUS_RATES.includes(sampleRate) || planes.length > 2) {
    throw new RequestError(
      'not_acceptable',
      `The pipeline gives ${planes.length} channels at ${sampleRate} Hz, which Opus cannot carry: ask for s16le`,
    );
  }
  const encoder = await OpusPacketEncoder.create(sampleRate, opusChannels(planes.length));
  return {
    format,
    encode: (audio) => encoder.encode(audio),
    flush: () => encoder.flush(),
    close: () => encoder.close(),
  };
}

/** In which the audio comes out of the decoder. */
export const decodedRate = ({ encoding, sampleRate }: AudioFormat): number =>
  encoding === 'opus' ? OPUS_DECODE_RATE : sampleRate;

function opusChannels(channels: number): 1 | 2 {
  if (channels === 1 || channels === 2) return channels;
  throw new RequestError('invalid_request', 'Opus has one or two channels here');
}
