/** What goes into pipelines and comes out of them, as JSON: the same over HTTP and WebSocket. */
import { type Static, Type } from 'typebox';
import { OneOf } from './schema.js';

/** Samples are interleaved, little-endian. */
export const AudioEncoding = OneOf('s16le', 'f32le');
export type AudioEncoding = Static<typeof AudioEncoding>;

export const SampleRate = Type.Integer({ minimum: 1000, maximum: 768_000, description: 'Hz' });
export const Channels = Type.Integer({ minimum: 1, maximum: 8 });
const Base64 = (description: string) => Type.String({ contentEncoding: 'base64', description });

const audio = {
  kind: Type.Literal('audio'),
  encoding: AudioEncoding,
  sample_rate: SampleRate,
  channels: Channels,
  data: Base64('Samples, interleaved, little-endian'),
  media_time_samples: Type.Optional(
    Type.Integer({ description: 'Place of the first sample; absent: after what came before' }),
  ),
};
const value = { kind: Type.Literal('value'), value: Type.Unknown({ description: 'Any JSON value' }) };
const event = {
  kind: Type.Literal('event'),
  event: Type.Object(
    { type: Type.String(), node_id: Type.Union([Type.String(), Type.Null()]) },
    { additionalProperties: true, description: 'As on the data channel, without session_id and seq' },
  ),
  audio: Type.Optional(Type.Object(audio, { description: 'What an utterance, clip or chunk is about' })),
};
const binary = {
  kind: Type.Literal('binary'),
  data: Base64('Bytes'),
  media_type: Type.Optional(Type.String({ maxLength: 128 })),
};

/** One item. */
export const WireItem = Type.Union([
  Type.Object(audio),
  Type.Object(value),
  Type.Object(event),
  Type.Object(binary),
]);
export type WireItem = Static<typeof WireItem>;
export type WireAudio = Extract<WireItem, { kind: 'audio' }>;

const source = {
  node_id: Type.String({ description: 'The node that gave it' }),
  sequence: Type.Integer({ minimum: 0, description: 'Counts the outputs of the session from 0' }),
};

/** One result: an item, the node that gave it, and its number. */
export const WireOutput = Type.Union([
  Type.Object({ ...source, ...audio }),
  Type.Object({ ...source, ...value }),
  Type.Object({ ...source, ...event }),
  Type.Object({ ...source, ...binary }),
]);
export type WireOutput = Static<typeof WireOutput>;
