/** An item in a message: what its header says of it, and what goes into the buffer. */
import type { JsonValue } from '@remotemedia/native-dsp';
import type { AudioItem, Item, PipelineEvent } from '../item.js';

interface AudioHeader {
  readonly channels: number;
  readonly samples: number;
  readonly sample_rate: number;
  readonly media_time_samples?: number;
}

export type ItemHeader =
  | { kind: 'value'; value: JsonValue }
  | ({ kind: 'audio' } & AudioHeader)
  | { kind: 'event'; event: PipelineEvent; audio?: AudioHeader | undefined }
  | { kind: 'binary'; media_type?: string | undefined };

export function itemHeader(item: Item): ItemHeader {
  switch (item.kind) {
    case 'value':
      return { kind: 'value', value: item.value };
    case 'audio':
      return { kind: 'audio', ...audioHeader(item) };
    case 'event':
      return { kind: 'event', event: item.event, audio: item.audio && audioHeader(item.audio) };
    case 'binary':
      return { kind: 'binary', media_type: item.mediaType };
  }
}

export function itemParts(item: Item): readonly ArrayBufferView[] {
  switch (item.kind) {
    case 'audio':
      return item.planes;
    case 'event':
      return item.audio?.planes ?? [];
    case 'binary':
      return [item.data];
    default:
      return [];
  }
}

/**
 * The item that a message holds. Audio and bytes are views of it.
 * @throws Error where it holds none.
 */
export function readItem(header: ItemHeader, buffer: Uint8Array<ArrayBuffer>): Item {
  switch (header.kind) {
    case 'value':
      return { kind: 'value', value: header.value };
    case 'audio':
      return audioItem(header, buffer);
    case 'event': {
      const { event, audio } = header;
      return audio ? { kind: 'event', event, audio: audioItem(audio, buffer) } : { kind: 'event', event };
    }
    case 'binary': {
      const { media_type: mediaType } = header;
      return { kind: 'binary', data: buffer, ...(mediaType !== undefined && { mediaType }) };
    }
    default:
      throw new Error(`unknown item ${JSON.stringify((header as { kind: unknown }).kind)}`);
  }
}

function audioHeader({ planes, sampleRate, mediaTimeSamples }: AudioItem): AudioHeader {
  return {
    channels: planes.length,
    samples: planes[0]?.length ?? 0,
    sample_rate: sampleRate,
    ...(mediaTimeSamples !== undefined && { media_time_samples: mediaTimeSamples }),
  };
}

function audioItem(header: AudioHeader, buffer: Uint8Array<ArrayBuffer>): AudioItem {
  const { channels, samples, sample_rate: sampleRate, media_time_samples: mediaTimeSamples } = header;
  const planes = Array.from(
    { length: channels },
    (_, channel) => new Float32Array(buffer.buffer, buffer.byteOffset + channel * samples * 4, samples),
  );
  return { kind: 'audio', planes, sampleRate, ...(mediaTimeSamples !== undefined && { mediaTimeSamples }) };
}
