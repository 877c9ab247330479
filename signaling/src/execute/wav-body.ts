/** WAV files as request and answer. */
import {
  type AudioItem,
  BYTES_PER_SAMPLE,
  decodeSamples,
  type PipelineOutput,
  parseWavHeader,
  WavError,
  wavHeader,
} from '@remotemedia/pipeline';
import type { FastifyInstance } from 'fastify';
import { RequestError } from '../errors.js';
import type { AudioEncoding } from '../protocol/index.js';
import { mergeAudio } from './merge-audio.js';
import { encodePcm, refuseFormat } from './pcm.js';

export const WAV_TYPES = ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'];
/** Others use the event loop too: a file goes in piece by piece. */
const PIECE_MS = 200;

/** Lets the routes of `app` take WAV: their body is a Buffer then. */
export function acceptWav(app: FastifyInstance): void {
  app.addContentTypeParser(WAV_TYPES, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** @throws RequestError `invalid_input` for bytes that are no WAV file, or not the whole of one. */
export function* wavItems(bytes: Buffer): Generator<AudioItem> {
  const { format, dataOffset, dataBytes } = readHeader(bytes);
  const frameBytes = BYTES_PER_SAMPLE[format.encoding] * format.channels;
  const came = bytes.length - dataOffset;
  if (dataBytes !== null && dataBytes > came) {
    throw new RequestError(
      'invalid_input',
      `The WAV file is cut short: its data chunk promises ${dataBytes} bytes of samples, and ${came} came; send all of it`,
    );
  }
  const total = Math.floor((dataBytes ?? came) / frameBytes);
  const piece = Math.max(1, Math.round((format.sampleRate * PIECE_MS) / 1000));
  for (let from = 0; from < total; from += piece) {
    const frames = Math.min(piece, total - from);
    const planes = Array.from({ length: format.channels }, () => new Float32Array(frames));
    decodeSamples(bytes.subarray(dataOffset + from * frameBytes), format, frames, planes);
    yield { kind: 'audio', planes, sampleRate: format.sampleRate };
  }
}

/**
 * The audio among the results as a WAV file: of the first node that gave any.
 * @throws RequestError `not_acceptable` where there is none.
 */
export function toWav(outputs: readonly PipelineOutput[], encoding: AudioEncoding): Buffer {
  const audio = mergeAudio(outputs).find(({ item }) => item.kind === 'audio')?.item as AudioItem | undefined;
  if (!audio) throw new RequestError('not_acceptable', 'The pipeline gave no audio');
  const samples = encodePcm(audio, encoding);
  const format = {
    sampleRate: audio.sampleRate,
    channels: audio.planes.length,
    encoding: encoding === 's16le' ? 's16' : 'f32',
  } as const;
  return Buffer.concat([wavHeader(format, samples.length), samples]);
}

function readHeader(bytes: Buffer) {
  try {
    const header = parseWavHeader(bytes);
    if (!header) throw new RequestError('invalid_input', 'The WAV file ends in its header');
    refuseFormat(header.format);
    return header;
  } catch (error) {
    if (!(error instanceof WavError)) throw error;
    throw new RequestError('invalid_input', error.message);
  }
}
