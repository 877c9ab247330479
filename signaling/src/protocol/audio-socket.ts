/**
 * The WebSocket at `/api/v1/audio`. Binary messages are audio both ways: samples (interleaved, little-endian) or one Opus packet each. Text
 * messages are JSON: these.
 */
import { type Static, Type } from 'typebox';
import type { Problem } from './errors.js';
import { Channels, SampleRate, WireItem } from './items.js';
import type { PipelineMetrics } from './rest.js';
import { OneOf } from './schema.js';

const Encoding = OneOf('s16le', 'f32le', 'opus');
export type AudioSocketEncoding = Static<typeof Encoding>;

/** What may be said about the audio: in the address or in `start`. */
const format = {
  encoding: Type.Optional(Encoding),
  sample_rate: Type.Optional(SampleRate),
  channels: Type.Optional(Channels),
  pipeline: Type.Optional(
    Type.String({ maxLength: 64, description: 'Name; the configured default if absent' }),
  ),
};

const closed = { additionalProperties: false };

export const AudioSocketQuery = Type.Object(format, closed);
export type AudioSocketQuery = Static<typeof AudioSocketQuery>;

/** The first message, if any. Default: what the address says (where that is all, the session has started by it); s16le, 48000 Hz, one channel. */
export const AudioStart = Type.Object(
  {
    type: Type.Literal('start'),
    ...format,
    manifest: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'Instead of pipeline' }),
    ),
  },
  closed,
);
export type AudioStart = Static<typeof AudioStart>;

/** What a client may say. */
export const AudioSocketRequest = Type.Union([
  AudioStart,
  /** What is not audio goes in as an item. */
  Type.Object({ type: Type.Literal('item'), item: WireItem, node_id: Type.Optional(Type.String()) }, closed),
  /** Give what waits: speech that is open is ended, the last Opus packet filled up. Answered by `flushed`. */
  Type.Object({ type: Type.Literal('flush') }, closed),
  /** The input is over. Answered by `ended`, after the last result. */
  Type.Object({ type: Type.Literal('end') }, closed),
]);
export type AudioSocketRequest = Static<typeof AudioSocketRequest>;

/** What the gateway says between the audio. */
export type AudioSocketMessage =
  | { type: 'started'; session_id: string; pipeline: string | null }
  /** What the binary messages from here on are. */
  | { type: 'audio_format'; encoding: AudioSocketEncoding; sample_rate: number; channels: number }
  /** A result that is not audio. */
  | { type: 'output'; output: unknown }
  | { type: 'flushed' }
  | {
      type: 'ended';
      metrics: PipelineMetrics;
      /** Opus packets that were none, and were dropped. */
      packets_refused: number;
    }
  | ({ type: 'error' } & Omit<Problem, 'type'>);
