/** What moves between nodes outside the audio graph, and in and out of a pipeline. An item says what it is, so 0, "" and null are data. */
import type { JsonValue } from '@remotemedia/native-dsp';

export type JsonObject = { [key: string]: JsonValue };

/** An event in the client's shape, without `session_id` and `seq`. */
export type PipelineEvent = { readonly type: string; readonly node_id: string | null } & Record<
  string,
  unknown
>;

/** A stretch of audio of any length. */
export interface AudioItem {
  readonly kind: 'audio';
  /** One per channel, all of one length, f32 in -1..1. */
  readonly planes: readonly Float32Array[];
  /** Hz. */
  readonly sampleRate: number;
  /** Place of the first sample on the stream's timeline, in samples of `sampleRate`; absent where it follows what came before. */
  readonly mediaTimeSamples?: number;
}

/** Anything that JSON can say: a number, a text, an object. */
export interface ValueItem {
  readonly kind: 'value';
  readonly value: JsonValue;
}

/** What a node noticed. */
export interface EventItem {
  readonly kind: 'event';
  readonly event: PipelineEvent;
  /** What `utterance`, `audio_evidence` and `audio_chunk` events are about. */
  readonly audio?: AudioItem;
}

export interface BinaryItem {
  readonly kind: 'binary';
  readonly data: Uint8Array;
  /** MIME type, where known. */
  readonly mediaType?: string;
}

export type Item = AudioItem | ValueItem | EventItem | BinaryItem;
