/** Bodies of `/api/v1/execute` and `/api/v1/stream`. */
import { type Static, Type } from 'typebox';
import { AudioEncoding, WireItem, WireOutput } from './items.js';
import { PipelineMetrics } from './rest.js';

/** Which pipeline, and how it gives audio. */
const choice = {
  pipeline: Type.Optional(
    Type.String({ maxLength: 64, description: 'Name; the configured default if absent' }),
  ),
  manifest: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'Inline manifest v1, without modules' }),
  ),
  audio_encoding: Type.Optional(AudioEncoding),
};

/** A word that nobody knows is a mistake: without it, another pipeline would run. */
const closed = { additionalProperties: false };

/** What goes in. */
const input = {
  input: Type.Optional(
    Type.Unknown({ description: 'JSON: a list is run value by value, anything else as one value' }),
  ),
  items: Type.Optional(
    Type.Array(WireItem, { maxItems: 100_000, description: 'Items, where JSON is not enough' }),
  ),
};

export const ExecuteBody = Type.Object({ ...choice, ...input }, closed);
export type ExecuteBody = Static<typeof ExecuteBody>;

export const StreamBody = Type.Object(choice, closed);
export type StreamBody = Static<typeof StreamBody>;

export const InputBody = Type.Object(
  {
    ...input,
    node_id: Type.Optional(Type.String({ maxLength: 128, description: 'Only into this node' })),
    end: Type.Optional(Type.Boolean({ description: 'The input is over after this' })),
  },
  closed,
);
export type InputBody = Static<typeof InputBody>;

/** For bodies that are audio, which have no other place for it; what a JSON body says wins. */
export const AudioQuery = Type.Object(
  {
    pipeline: choice.pipeline,
    audio_encoding: choice.audio_encoding,
    node_id: InputBody.properties.node_id,
    end: InputBody.properties.end,
  },
  closed,
);
export type AudioQuery = Static<typeof AudioQuery>;

export const ExecuteResult = Type.Object({
  outputs: Type.Array(WireOutput, { description: 'In order; the audio of a node in one piece' }),
  values: Type.Array(Type.Unknown(), { description: 'The values among the outputs, bare' }),
  events: Type.Array(WireOutput, { description: 'What nodes noticed' }),
  metrics: PipelineMetrics,
});
export type ExecuteResult = Static<typeof ExecuteResult>;

export const StreamOpened = Type.Object({
  session_id: Type.String({ description: 'Unguessable: whoever knows it may use the session' }),
});
export const InputTaken = Type.Object({ accepted: Type.Integer({ minimum: 0, description: 'Items taken' }) });
