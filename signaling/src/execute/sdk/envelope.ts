/** The RemoteMedia SDK's envelope `{ data: { Text | Json | Audio | Binary: … }, metadata }` as items, and back. */
import type { AudioItem, Item } from '@remotemedia/pipeline';
import { type Static, Type } from 'typebox';
import { RequestError } from '../../errors.js';
import { Channels, SampleRate } from '../../protocol/index.js';
import { valueItem } from '../item-codec.js';

/** Externally tagged, as serde writes an enumeration. Samples are interleaved. */
const Data = Type.Union([
  Type.Object({ Text: Type.String() }),
  Type.Object({ Json: Type.Unknown() }),
  Type.Object({
    Audio: Type.Object({ samples: Type.Array(Type.Number()), sample_rate: SampleRate, channels: Channels }),
  }),
  Type.Object({ Binary: Type.Array(Type.Integer({ minimum: 0, maximum: 255 })) }),
]);

export const Envelope = Type.Object({
  data: Data,
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  sequence: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
});
export type Envelope = Static<typeof Envelope>;

/** @throws RequestError `invalid_input`. */
export function fromEnvelope({ data }: Envelope): Item {
  const kinds = Object.keys(data);
  if (kinds.length > 1)
    throw new RequestError(
      'invalid_input',
      `data holds one of Text, Json, Audio and Binary, not ${kinds.join(' and ')}`,
    );
  if ('Text' in data) return { kind: 'value', value: data.Text };
  if ('Json' in data) return valueItem(data.Json);
  if ('Binary' in data) return { kind: 'binary', data: Uint8Array.from(data.Binary) };
  const { samples, sample_rate, channels } = data.Audio;
  if (samples.length % channels !== 0) {
    throw new RequestError(
      'invalid_input',
      `${samples.length} samples do not divide into ${channels} channels`,
    );
  }
  const planes = Array.from({ length: channels }, (_, channel) =>
    Float32Array.from(
      { length: samples.length / channels },
      (_, index) => samples[index * channels + channel]!,
    ),
  );
  return { kind: 'audio', planes, sampleRate: sample_rate };
}

/** A text is `Text`, any other value and an event are `Json`. */
export function toEnvelope(item: Item): Envelope {
  switch (item.kind) {
    case 'value':
      return wrap(typeof item.value === 'string' ? { Text: item.value } : { Json: item.value });
    case 'event':
      return wrap({ Json: item.event });
    case 'binary':
      return wrap({ Binary: [...item.data] });
    case 'audio':
      return wrap({
        Audio: { samples: interleave(item), sample_rate: item.sampleRate, channels: item.planes.length },
      });
  }
}

const wrap = (data: Envelope['data']): Envelope => ({ data, metadata: {} });

const interleave = ({ planes }: AudioItem): number[] =>
  Array.from(
    { length: (planes[0]?.length ?? 0) * planes.length },
    (_, index) => planes[index % planes.length]![Math.floor(index / planes.length)]!,
  );
