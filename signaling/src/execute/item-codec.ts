/** Items of the pipeline as the JSON of the protocol, and back. Schemas have been checked; what they cannot say is checked here. */
import type { AudioItem, Item, JsonValue, PipelineOutput } from '@remotemedia/pipeline';
import { fromBase64 } from '../base64.js';
import { RequestError } from '../errors.js';
import type { AudioEncoding, WireAudio, WireItem, WireOutput } from '../protocol/index.js';
import { decodePcm, encodePcm } from './pcm.js';

/** Deeper JSON than any sensible value; what is below could break whoever walks it. */
const MAX_NESTING = 64;

/** A JSON value of a client as an item: falsy ones are values too. */
export function valueItem(value: unknown): Item {
  const flaw = flawOf(value, MAX_NESTING);
  if (flaw) throw new RequestError('invalid_input', `A value ${flaw}`);
  return { kind: 'value', value: value as JsonValue };
}

/** @throws RequestError `invalid_manifest` for one that whoever walks it could not leave. */
export function refuseDepth(manifest: unknown): void {
  const flaw = flawOf(manifest, MAX_NESTING);
  if (flaw) throw new RequestError('invalid_manifest', `The manifest ${flaw}`);
}

/** What `input` stands for: a list is several values. */
export const valueItems = (input: unknown): Item[] =>
  Array.isArray(input) ? input.map(valueItem) : [valueItem(input)];

/** @throws RequestError `invalid_input`. */
export function fromWire(wire: WireItem): Item {
  switch (wire.kind) {
    case 'audio':
      return audioFromWire(wire);
    case 'value':
      return valueItem(wire.value);
    case 'binary': {
      const data = bytesOf(wire.data);
      return { kind: 'binary', data, ...(wire.media_type !== undefined && { mediaType: wire.media_type }) };
    }
    case 'event': {
      valueItem(wire.event);
      return { kind: 'event', event: wire.event, ...(wire.audio && { audio: audioFromWire(wire.audio) }) };
    }
  }
}

export function toWire({ item, nodeId, sequence }: PipelineOutput, encoding: AudioEncoding): WireOutput {
  const source = { node_id: nodeId, sequence };
  switch (item.kind) {
    case 'audio':
      return { ...source, ...audioToWire(item, encoding) };
    case 'value':
      return { ...source, kind: 'value', value: item.value };
    case 'binary': {
      const data = Buffer.from(item.data.buffer, item.data.byteOffset, item.data.byteLength).toString(
        'base64',
      );
      return {
        ...source,
        kind: 'binary',
        data,
        ...(item.mediaType !== undefined && { media_type: item.mediaType }),
      };
    }
    case 'event': {
      const audio = item.audio && audioToWire(item.audio, encoding);
      return { ...source, kind: 'event', event: item.event, ...(audio && { audio }) };
    }
  }
}

function audioFromWire({ encoding, sample_rate, channels, data, media_time_samples }: WireAudio): AudioItem {
  const audio = decodePcm(bytesOf(data), { encoding, sampleRate: sample_rate, channels });
  return media_time_samples === undefined ? audio : { ...audio, mediaTimeSamples: media_time_samples };
}

const audioToWire = (audio: AudioItem, encoding: AudioEncoding): WireAudio => ({
  kind: 'audio',
  encoding,
  sample_rate: audio.sampleRate,
  channels: audio.planes.length,
  data: encodePcm(audio, encoding).toString('base64'),
  ...(audio.mediaTimeSamples !== undefined && { media_time_samples: audio.mediaTimeSamples }),
});

function bytesOf(data: string): Buffer {
  const bytes = fromBase64(data);
  if (!bytes) throw new RequestError('invalid_input', 'data is not Base64');
  return bytes;
}

/** What cannot be walked, or would be written as null. */
function flawOf(value: unknown, levels: number): string | undefined {
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
    return 'holds a number that is too large for 64 bits';
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return `is nested deeper than ${MAX_NESTING} levels`;
  for (const child of Object.values(value)) {
    const flaw = flawOf(child, levels - 1);
    if (flaw) return flaw;
  }
  return undefined;
}
