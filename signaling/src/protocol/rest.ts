/** Bodies of the REST interface. Names are snake_case, units are in the names. */
import { type Static, Type } from 'typebox';
import { Nullable, OneOf } from './schema.js';

const Count = Type.Integer({ minimum: 0 });
const Microseconds = Type.Number();

export const SessionStatistics = Type.Object(
  {
    packets_received: Count,
    packets_lost: Type.Integer(),
    packets_duplicate: Count,
    packets_late: Count,
    packets_refused: Type.Record(Type.String(), Count, { description: 'Refused packets by reason' }),
    frames_decoded: Count,
    frames_concealed: Count,
    frames_fec: Count,
    frames_red: Count,
    jitter_ms: Type.Number(),
    round_trip_ms: Nullable(Type.Number()),
    packets_sent: Count,
    gateway_latency_us: Type.Object(
      { p50: Microseconds, p99: Microseconds, max: Microseconds, count: Count },
      { description: 'Packet in to processed packet out' },
    ),
    processing_us: Type.Object(
      { p50: Microseconds, p99: Microseconds },
      { description: 'The graph, per frame' },
    ),
    events_dropped: Count,
    media_time_ms: Type.Number(),
  },
  { additionalProperties: true, description: 'Counters since the start; the runtime may tell more' },
);
export type SessionStatistics = Static<typeof SessionStatistics>;

const durations = {
  avg_duration_us: Microseconds,
  min_duration_us: Microseconds,
  max_duration_us: Microseconds,
  p50_us: Microseconds,
  p95_us: Microseconds,
  p99_us: Microseconds,
};

export const NodeMetrics = Type.Object(
  {
    node_id: Type.String(),
    node_type: Type.String(),
    execution_count: Count,
    success_count: Count,
    error_count: Type.Integer({
      minimum: 0,
      description: 'Frames in which the node panicked or gave samples that are not finite',
    }),
    success_rate: Nullable(Type.Number({ description: '0 to 1; null before the first frame' })),
    total_duration_us: Microseconds,
    retry_count: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Of nodes outside: further attempts after failures' }),
    ),
    late_count: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'Of nodes outside in the graph: frames for which their audio had not come',
      }),
    ),
    circuit: Type.Optional(OneOf('closed', 'open', 'half_open')),
    ...durations,
  },
  { description: 'What a node has cost: per frame of 10 ms in the audio graph, per call outside' },
);
export type NodeMetrics = Static<typeof NodeMetrics>;

export const PipelineMetrics = Type.Object(
  {
    pipeline_id: Nullable(Type.String()),
    total_executions: Type.Integer({
      minimum: 0,
      description: 'Frames of 10 ms; without an audio graph, calls of its nodes',
    }),
    total_duration_us: Microseconds,
    total_duration_ms: Type.Number(),
    ...durations,
    real_time_factor: Nullable(Type.Number({ description: 'Time taken by media processed' })),
    frame_overruns: Type.Integer({ minimum: 0, description: 'Frames that took longer than 10 ms' }),
    node_metrics: Type.Array(NodeMetrics, { description: 'In the order of the manifest' }),
    metrics_overhead_us: Type.Number({ description: 'What making this report took' }),
  },
  {
    description:
      'What a pipeline has cost since its session began; quantiles are up to 6.25 % too large, those of nodes outside exact, of the latest 1024 calls',
  },
);
export type PipelineMetrics = Static<typeof PipelineMetrics>;

const sessionFields = {
  id: Type.String(),
  state: OneOf('new', 'connecting', 'connected', 'closed'),
  pipeline: Nullable(Type.String()),
  created_at: Type.String({ format: 'date-time' }),
  transport: OneOf('whip', 'websocket'),
  peer_id: Nullable(Type.String()),
  remote_address: Nullable(Type.String()),
};
export const SessionSummary = Type.Object(sessionFields);
export type SessionSummary = Static<typeof SessionSummary>;

export const SessionView = Type.Object({ ...sessionFields, statistics: SessionStatistics });
export type SessionView = Static<typeof SessionView>;

export const SessionList = Type.Object({ sessions: Type.Array(SessionSummary), count: Count });
export type SessionList = Static<typeof SessionList>;

export const PipelineNodeView = Type.Object({
  id: Type.String(),
  node_type: Type.String(),
  params: Type.Record(Type.String(), Type.Unknown()),
  part: Type.Enum(['audio', 'value', 'external'], {
    description: 'Run by the audio graph, as a node on values, or outside in JavaScript or Python',
  }),
  executor: Nullable(
    Type.Enum(['javascript', 'worker', 'python', 'cpython'], { description: 'Of nodes outside' }),
  ),
  is_source: Type.Boolean({ description: "Gets the pipeline's input" }),
  is_output: Type.Boolean({ description: "Its results are the pipeline's" }),
  latency_ms: Type.Number({ description: 'By which it delays audio' }),
});
export type PipelineNodeView = Static<typeof PipelineNodeView>;

export const PipelineView = Type.Object({
  name: Type.String({ description: 'What /whip/{pipeline}, peer.offer and /api/v1/execute take' }),
  title: Type.String({ description: 'metadata.name, for people' }),
  description: Type.String(),
  is_default: Type.Boolean(),
  kind: OneOf('audio', 'values', 'either', 'hybrid'),
  nodes: Type.Array(PipelineNodeView),
  connections: Type.Array(
    Type.Object({
      from: Type.String(),
      to: Type.String(),
      carries: Type.Array(OneOf('audio', 'value', 'event', 'binary')),
    }),
  ),
  latency_ms: Nullable(
    Type.Number({ description: 'Algorithmic latency at 48 kHz mono; null for one that is not on audio' }),
  ),
  plan: Type.Unknown({ description: 'The compiled graph, inserted converters included' }),
});
export type PipelineView = Static<typeof PipelineView>;

export const PipelineList = Type.Object({ pipelines: Type.Array(PipelineView), default: Type.String() });
export type PipelineList = Static<typeof PipelineList>;

/** A node type as the native catalogue describes it; the catalogue may say more. */
export const NodeTypeView = Type.Object(
  {
    node_type: Type.String(),
    aliases: Type.Array(Type.String()),
    summary: Type.String(),
    documentation: Type.String({ description: 'Markdown' }),
  },
  { additionalProperties: true },
);
export type NodeTypeView = Static<typeof NodeTypeView>;
export const NodeTypeList = Type.Object({ nodes: Type.Array(NodeTypeView), count: Count });
export type NodeTypeList = Static<typeof NodeTypeList>;

export const Health = Type.Object({ status: Type.Literal('ok') });
export type Health = Static<typeof Health>;

const RuntimeReason = Type.String({ description: 'Why this runtime, in a sentence' });

export const Readiness = Type.Object({
  ready: Type.Boolean(),
  reason: Nullable(OneOf('draining', 'full')),
  runtime: Type.String({ description: 'native or wasm' }),
  runtime_reason: RuntimeReason,
  sessions: Count,
  max_sessions: Count,
});
export type Readiness = Static<typeof Readiness>;

export const Version = Type.Object({
  name: Type.Literal('remotemedia-gateway'),
  version: Type.String(),
  runtime: Type.String({ description: 'native or wasm' }),
  runtime_reason: RuntimeReason,
  opus: Nullable(Type.String()),
  node: Type.String(),
});
export type Version = Static<typeof Version>;

/** For `new RTCPeerConnection({ iceServers })`. */
export const IceView = Type.Object({
  ice_servers: Type.Array(
    Type.Object({
      urls: Type.Array(Type.String()),
      username: Type.Optional(Type.String()),
      credential: Type.Optional(Type.String()),
    }),
  ),
  media_port: Type.Integer({ description: 'UDP port of the audio' }),
});
export type IceView = Static<typeof IceView>;
