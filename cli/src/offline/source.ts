/**
 * Audio from a WAV file or pipe as planar 10 ms frames. Called by `remotemedia run`; knows nothing of pipelines.
 */
import {
  BYTES_PER_SAMPLE,
  decodeSamples,
  parseWavHeader,
  WavError,
  type WavFormat,
  type WavHeader,
} from '@remotemedia/pipeline';

/** An opened WAV stream: what it holds, and its frames. */
export interface WavSource {
  format: WavFormat;
  /** Null where the writer of a pipe did not know. */
  durationSeconds: number | null;
  /**
   * Fills `planes` (one array a channel, 10 ms long) again and again until the audio ends, padding the last
   * frame with silence, and says for each how many samples of it are real.
   */
  frames(planes: Float32Array[]): AsyncGenerator<number, void>;
}

/**
 * Reads the header from `bytes`.
 * @throws WavError when this is not a WAV stream, or ends within its header.
 */
export async function openWav(bytes: AsyncIterable<Buffer>): Promise<WavSource> {
  const iterator = bytes[Symbol.asyncIterator]();
  let pending: Buffer = Buffer.alloc(0);
  for (;;) {
    const header = parseWavHeader(pending);
    if (header !== null) {
      const samples = limit(rest(pending.subarray(header.dataOffset), iterator), header.dataBytes);
      const { format, dataBytes } = header;
      const bytesPerSecond = BYTES_PER_SAMPLE[format.encoding] * format.channels * format.sampleRate;
      const durationSeconds = dataBytes === null ? null : dataBytes / bytesPerSecond;
      return { format, durationSeconds, frames: (planes) => frames(samples, header, planes) };
    }
    const { value, done } = await iterator.next();
    if (done === true) {
      throw new WavError('truncated_header', 'the input ends within the header of the WAV file');
    }
    pending = Buffer.concat([pending, value]);
  }
}

async function* rest(first: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}

/** What follows the samples is metadata; a file that was cut short simply ends earlier. */
async function* limit(chunks: AsyncGenerator<Buffer>, bytes: number | null): AsyncGenerator<Buffer> {
  let left = bytes ?? Number.POSITIVE_INFINITY;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

async function* frames(chunks: AsyncGenerator<Buffer>, { format }: WavHeader, planes: Float32Array[]) {
  const sampleBytes = BYTES_PER_SAMPLE[format.encoding] * format.channels;
  const length = planes[0]!.length;
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= length * sampleBytes) {
      decodeSamples(pending, format, length, planes);
      pending = pending.subarray(length * sampleBytes);
      yield length;
    }
  }
  const left = Math.floor(pending.length / sampleBytes);
  if (left > 0) {
    for (const plane of planes) plane.fill(0, left);
    decodeSamples(pending, format, left, planes);
    yield left;
  }
}
