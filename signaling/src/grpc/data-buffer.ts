/** Buffers of the protocol as items, and back. */
import type { AudioItem, Item, PipelineOutput } from '@remotemedia/pipeline';
import { RequestError } from '../errors.js';
import { valueItem } from '../execute/item-codec.js';
import { decodePcm, encodePcm, refuseFormat } from '../execute/pcm.js';
import type { AudioBuffer, DataBuffer, NodeOutput } from './messages.js';

const ENCODINGS = {
  AUDIO_FORMAT_F32: 'f32le',
  AUDIO_FORMAT_I16: 's16le',
  AUDIO_FORMAT_I32: 's32le',
} as const;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws RequestError `invalid_input`. */
export function fromBuffer({ audio, json, text, binary }: DataBuffer): Item {
  if (audio) return fromAudio(audio);
  if (json) return valueItem(parse(json.json_payload));
  if (text) return { kind: 'value', value: textOf(text) };
  if (binary) {
    return {
      kind: 'binary',
      data: binary.data,
      ...(binary.mime_type !== '' && { mediaType: binary.mime_type }),
    };
  }
  throw new RequestError('invalid_input', 'A buffer must hold audio, json, text or binary');
}

export function fromAudio({ samples, sample_rate, channels, format, num_samples }: AudioBuffer): AudioItem {
  // Numbers without a name come as numbers.
  const encoding = Object.hasOwn(ENCODINGS, format) ? ENCODINGS[format as keyof typeof ENCODINGS] : undefined;
  if (!encoding)
    throw new RequestError('invalid_input', `The format of the audio is none of F32, I16 and I32: ${format}`);
  refuseFormat({ sampleRate: sample_rate, channels });
  const audio = decodePcm(samples, { encoding, sampleRate: sample_rate, channels });
  const found = audio.planes[0]!.length * channels;
  if (num_samples !== 0 && num_samples !== found)
    throw new RequestError('invalid_input', `num_samples is ${num_samples}, but there are ${found}`);
  return audio;
}

/** One result: an event that is about audio is followed by that audio. */
export function toOutputs({ nodeId, item, sequence }: PipelineOutput): NodeOutput[] {
  const metadata = { sequence: String(sequence) };
  const outputs = [{ node_id: nodeId, buffer: toBuffer(item, metadata) }];
  if (item.kind === 'event' && item.audio) {
    const marked = { ...metadata, event_audio: 'true' };
    outputs.push({ node_id: nodeId, buffer: toBuffer(item.audio, marked) });
  }
  return outputs;
}

export function toBuffer(item: Item, metadata: Record<string, string> = {}): DataBuffer {
  switch (item.kind) {
    case 'audio':
      return { audio: toAudio(item), metadata };
    case 'value':
      return typeof item.value === 'string'
        ? { text: { text_data: Buffer.from(item.value), encoding: 'utf-8' }, metadata }
        : { json: { json_payload: JSON.stringify(item.value), schema_type: '' }, metadata };
    case 'event':
      return { json: { json_payload: JSON.stringify(item.event), schema_type: 'event' }, metadata };
    case 'binary':
      return { binary: { data: item.data, mime_type: item.mediaType ?? '' }, metadata };
  }
}

const toAudio = (audio: AudioItem): AudioBuffer => ({
  samples: encodePcm(audio, 'f32le'),
  sample_rate: audio.sampleRate,
  channels: audio.planes.length,
  format: 'AUDIO_FORMAT_F32',
  num_samples: (audio.planes[0]?.length ?? 0) * audio.planes.length,
});

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new RequestError('invalid_input', 'json_payload is not JSON');
  }
}

function textOf({ text_data, encoding }: NonNullable<DataBuffer['text']>): string {
  if (!['', 'utf-8', 'utf8'].includes(encoding.toLowerCase()))
    throw new RequestError('invalid_input', `Text must be in utf-8, not ${encoding.slice(0, 32)}`);
  try {
    return utf8.decode(text_data);
  } catch {
    throw new RequestError('invalid_input', 'text_data is not utf-8');
  }
}
