/**
 * What happens in a session, as its client reads it: on the data channel `events`, as the WebSocket
 * notification `session.event`, in the same JSON. Times are on the session's media timeline.
 */
import { type Static, type TProperties, Type } from 'typebox';
import { Nullable, OneOf } from './schema.js';

const Probability = Type.Number({ minimum: 0, maximum: 1 });
const LevelDbfs = Type.Number({ description: 'dB relative to full scale, -120 to 0' });
const Lufs = Type.Number({ description: 'LUFS; -120 stands for silence' });
const Milliseconds = Type.Number();

/** What made a detector decide. */
export const SpeechReason = OneOf(
  'threshold',
  'max_duration',
  'mute',
  'track_ended',
  'packet_timeout',
  'flush',
);
export type SpeechReason = Static<typeof SpeechReason>;

/** Who speaks. */
export const PresenceState = OneOf('quiet', 'speaking', 'overlap', 'dead_air');
export type PresenceState = Static<typeof PresenceState>;

/** How a session is. */
export const HealthState = OneOf('ok', 'degraded', 'unhealthy');
export type HealthState = Static<typeof HealthState>;

/** What monitors can find wrong. */
export const Alert = OneOf(
  'silence',
  'dropouts',
  'clipping',
  'low_volume',
  'imbalance',
  'dead_channel',
  'dead_air',
  'jitter',
  'drift',
  'lead_jump',
  'freeze',
  'unstable_cadence',
  'lead_shift',
);
export type Alert = Static<typeof Alert>;

/** Fields of every event. */
const common = {
  seq: Type.Integer({ minimum: 0, description: 'Counts the events of the session from 0' }),
  session_id: Type.String(),
  node_id: Nullable(Type.String({ description: 'Node of the manifest; null for the session itself' })),
  media_time_samples: Type.Number({ description: 'The moment that the event is about' }),
  sample_rate: Type.Integer({ description: 'Rate of media_time_samples, Hz' }),
  media_time_ms: Milliseconds,
  detected_at_ms: Type.Number({ description: 'Media processed when it was noticed, ms' }),
  detection_delay_ms: Type.Number({ description: 'detected_at_ms - media_time_ms' }),
};

const event = <const Name extends string, Fields extends TProperties>(
  name: Name,
  description: string,
  fields: Fields,
) => Type.Object({ type: Type.Literal(name), ...common, ...fields }, { title: name, description });

export const SessionStarted = event('session_started', 'The session is connected.', {
  pipeline: Nullable(Type.String({ description: 'Name; null for an inline manifest' })),
  runtime: Type.String({ description: 'native or wasm' }),
});
export const SessionClosed = event('session_closed', 'The session is over; the last event.', {
  reason: Type.String({ description: 'Who or what closed it' }),
  code: Type.String({ description: 'Stable code' }),
  message: Type.String(),
});
export const SpeechStarted = event('speech_started', 'Speech began at media_time.', {
  probability: Probability,
  level_dbfs: LevelDbfs,
  reason: SpeechReason,
  prefix_padding_ms: Milliseconds,
});
export const SpeechStopped = event('speech_stopped', 'Speech ended: media_time is its last sample.', {
  probability: Probability,
  level_dbfs: LevelDbfs,
  reason: SpeechReason,
  duration_ms: Milliseconds,
});
export const SpeechMisfire = event('speech_misfire', 'Began like speech and was too short.', {
  probability: Probability,
  level_dbfs: LevelDbfs,
  duration_ms: Milliseconds,
});
export const SpeculationStarted = event(
  'speculation_started',
  'Something that may be speech began at media_time; it will be confirmed or cancelled.',
  {
    probability: Probability,
    lookback_ms: Type.Number({ description: 'Audio before media_time that is speculated on' }),
  },
);
export const SpeculationConfirmed = event(
  'speculation_confirmed',
  'It is speech; media_time as in speculation_started.',
  { probability: Probability },
);
export const SpeculationCancelled = event(
  'speculation_cancelled',
  'It was no speech; media_time as in speculation_started.',
  {
    probability: Probability,
    from_ms: Type.Number({ description: 'First moment of the audio to take back, media time' }),
    to_ms: Type.Number({ description: 'Last moment of that audio, media time' }),
  },
);
export const VadProbability = event('vad_probability', 'One window of the voice detector.', {
  probability: Probability,
  speech: Type.Boolean({ description: 'In speech after this window' }),
});
export const Utterance = event(
  'utterance',
  'A whole utterance was cut out; media_time is its first sample.',
  {
    index: Type.Integer({ minimum: 0 }),
    duration_ms: Milliseconds,
    probability: Probability,
    reason: SpeechReason,
    continues: Type.Boolean({ description: 'Split at the maximum length: goes on in the next' }),
    audio_sample_rate: Type.Integer(),
    url: Type.String({ description: 'Where its WAV file is, relative to the server' }),
  },
);
export const CommitPending = event(
  'commit_pending',
  'Speech paused, media_time is its last sample; unless it goes on, it becomes an utterance.',
  {
    index: Type.Integer({ minimum: 0, description: 'Number that the utterance will have' }),
    duration_ms: Milliseconds,
    commit_delay_ms: Type.Number({ description: 'Silence after media_time that makes it an utterance' }),
  },
);
export const CommitCancelled = event(
  'commit_cancelled',
  'Speech went on at media_time, or what came before it was too short.',
  {
    index: Type.Integer({ minimum: 0, description: 'The number in commit_pending' }),
    reason: OneOf('resumed', 'too_short'),
  },
);
export const AudioLevel = event('audio_level', 'Level over one window.', {
  rms_dbfs: LevelDbfs,
  peak_dbfs: LevelDbfs,
  is_silence: Type.Boolean(),
  is_low_volume: Type.Boolean(),
});
export const Silence = event('silence', 'Lasting silence or dropouts began or ended.', {
  is_sustained_silence: Type.Boolean(),
  has_intermittent_dropouts: Type.Boolean({ description: 'Audio was cut off repeatedly of late' }),
  silence_duration_ms: Type.Number({ description: 'Of the current or just ended silence; 0 in sound' }),
  dropout_count: Type.Integer({ minimum: 0, description: 'Recent ones, up to the threshold' }),
  level_dbfs: LevelDbfs,
});
export const Clipping = event('clipping', 'Clipping began or ended.', {
  is_clipping: Type.Boolean(),
  saturation_ratio_percent: Type.Number({ minimum: 0, maximum: 100 }),
  crest_factor_db: Type.Number({ minimum: 0, description: 'Peak over RMS' }),
  peak_dbfs: LevelDbfs,
});
export const Loudness = event('loudness', 'Loudness by EBU R 128 at the end of an interval.', {
  momentary_lufs: Lufs,
  short_term_lufs: Lufs,
  integrated_lufs: Lufs,
  true_peak_dbtp: Type.Number({ description: 'Highest true peak of the interval, dB; may exceed 0' }),
});
export const Dtmf = event('dtmf', 'A telephone key was pressed and let go; media_time is its start.', {
  digit: Type.String({ pattern: '^[0-9A-D*#]$' }),
  duration_ms: Milliseconds,
});
export const AudioChunk = event('audio_chunk', 'A chunk is complete; media_time is its first sample.', {
  index: Type.Integer({ minimum: 0 }),
  length_samples: Type.Integer({ minimum: 1, description: 'Per channel' }),
  duration_ms: Milliseconds,
  is_partial: Type.Boolean({ description: 'Shorter, because the audio ended or was interrupted' }),
  channels: Type.Integer({ minimum: 1 }),
  audio_sample_rate: Type.Integer(),
});
export const Spectrum = event('spectrum', 'Levels in bands of equal width on a logarithmic scale.', {
  min_hz: Type.Number({ minimum: 0 }),
  max_hz: Type.Number({ minimum: 0 }),
  bands_dbfs: Type.Array(LevelDbfs, { description: 'Lowest band first' }),
});
export const LogMel = event('log_mel', 'Frames of a log-mel spectrogram, 10 ms apart, from media_time on.', {
  mels: Type.Integer({ minimum: 1 }),
  frames: Type.Integer({ minimum: 1 }),
  first_frame: Type.Integer({ minimum: 0 }),
  values: Type.Array(Type.Number({ minimum: -10 }), { description: 'Frame after frame' }),
});
export const ChannelBalance = event('channel_balance', 'The balance of the channels changed.', {
  is_imbalanced: Type.Boolean(),
  dead_channels: Type.Integer({ minimum: 0 }),
  imbalance_db: Type.Number({ minimum: 0 }),
  loudest_channel: Type.Integer({ minimum: 0 }),
  loudest_dbfs: LevelDbfs,
  quietest_channel: Type.Integer({ minimum: 0 }),
  quietest_dbfs: LevelDbfs,
});
export const SpeechPresence = event('speech_presence', 'Who speaks has changed at media_time.', {
  state: PresenceState,
  previous_state: PresenceState,
  previous_duration_ms: Milliseconds,
  active_channels: Type.Array(Type.Integer({ minimum: 0 }), { description: 'Where somebody speaks' }),
});
export const ConversationFlow = event('conversation_flow', 'How a conversation went until media_time.', {
  window_ms: Milliseconds,
  talk_ratios: Type.Array(Probability, { description: 'Share of the window in which each channel speaks' }),
  turns: Type.Integer({ minimum: 0 }),
  mean_turn_ms: Milliseconds,
  interruptions: Type.Integer({ minimum: 0, description: 'Turns begun while another spoke' }),
  longest_silence_ms: Milliseconds,
});
export const SessionHealth = event('session_health', 'The health has changed, or is still not ok.', {
  state: HealthState,
  score: Probability,
  issues: Type.Array(Alert, { description: 'What is wrong, or was a moment ago' }),
});
export const TimingDrift = event('timing_drift', 'A verdict on the arrival of packets has changed.', {
  is_jittery: Type.Boolean(),
  is_drifting: Type.Boolean(),
  has_lead_jump: Type.Boolean({ description: 'The delay has changed abruptly' }),
  jitter_ms: Type.Number({ minimum: 0, description: 'Interarrival jitter of RFC 3550' }),
  drift_ms_per_s: Type.Number({ description: 'How fast the media gains on the clock' }),
  lead_ms: Type.Number({ description: 'Media time less arrival time, since the first packet' }),
});
export const Incident = event('incident', 'Alerts came together; media_time is the first of them.', {
  index: Type.Integer({ minimum: 0, description: 'The same again where an alert joins' }),
  alerts: Type.Array(Alert),
  duration_ms: Type.Number({ description: 'From the first alert to the last' }),
});
export const AudioEvidence = event('audio_evidence', 'Audio around an alert; media_time is its start.', {
  index: Type.Integer({ minimum: 0 }),
  alert: Alert,
  alert_offset_ms: Type.Number({ description: 'From the start of the clip to the alert' }),
  duration_ms: Milliseconds,
  audio_sample_rate: Type.Integer(),
  has_audio: Type.Boolean({ description: 'Whether the audio was kept' }),
  url: Nullable(Type.String({ description: 'Where its WAV file is, relative to the server' })),
});
export const StreamHealth = event('stream_health', 'The health of the stream or an alert has changed.', {
  score: Probability,
  is_frozen: Type.Boolean({ description: 'The input stands still, or has stopped coming' }),
  is_cadence_unstable: Type.Boolean({ description: 'Packets come out of step' }),
  is_lead_shifted: Type.Boolean({ description: 'The delay is not what it was' }),
  is_health_low: Type.Boolean(),
});
export const Gap = event('gap', 'Media was not received as sent.', {
  cause: OneOf('loss', 'dtx', 'pause', 'corrupt'),
  filled_with: OneOf('concealment', 'silence', 'nothing'),
  duration_ms: Milliseconds,
});
export const NodeError = event('node_error', 'A node failed and its policy was applied.', {
  code: Type.String(),
  message: Type.String(),
  policy: OneOf('fail_session', 'bypass', 'mute'),
  error_class: Type.Optional(
    OneOf('transient', 'permanent', 'invalid_input', 'resource', 'timeout', 'internal'),
  ),
  times: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        'How often since it was told last: at most once a second. Of nodes outside the audio graph',
    }),
  ),
});
export const NodeOutput = event('node_output', 'A node outside the audio graph gave a result.', {
  kind: OneOf('value', 'binary'),
  value: Type.Unknown({ description: 'Any JSON; of binary, Base64' }),
  media_type: Type.Optional(Type.String({ description: 'Of binary, where known' })),
});

/** Any event. */
export const GatewayEvent = Type.Union([
  SessionStarted,
  SessionClosed,
  SpeechStarted,
  SpeechStopped,
  SpeechMisfire,
  SpeculationStarted,
  SpeculationConfirmed,
  SpeculationCancelled,
  VadProbability,
  Utterance,
  CommitPending,
  CommitCancelled,
  AudioLevel,
  Silence,
  Clipping,
  Loudness,
  Dtmf,
  AudioChunk,
  Spectrum,
  LogMel,
  ChannelBalance,
  SpeechPresence,
  ConversationFlow,
  SessionHealth,
  TimingDrift,
  Incident,
  AudioEvidence,
  StreamHealth,
  Gap,
  NodeError,
  NodeOutput,
]);

export type SessionStarted = Static<typeof SessionStarted>;
export type SessionClosed = Static<typeof SessionClosed>;
export type SpeechStarted = Static<typeof SpeechStarted>;
export type SpeechStopped = Static<typeof SpeechStopped>;
export type SpeechMisfire = Static<typeof SpeechMisfire>;
export type SpeculationStarted = Static<typeof SpeculationStarted>;
export type SpeculationConfirmed = Static<typeof SpeculationConfirmed>;
export type SpeculationCancelled = Static<typeof SpeculationCancelled>;
export type VadProbability = Static<typeof VadProbability>;
export type Utterance = Static<typeof Utterance>;
export type CommitPending = Static<typeof CommitPending>;
export type CommitCancelled = Static<typeof CommitCancelled>;
export type AudioLevel = Static<typeof AudioLevel>;
export type Silence = Static<typeof Silence>;
export type Clipping = Static<typeof Clipping>;
export type Loudness = Static<typeof Loudness>;
export type Dtmf = Static<typeof Dtmf>;
export type AudioChunk = Static<typeof AudioChunk>;
export type Spectrum = Static<typeof Spectrum>;
export type LogMel = Static<typeof LogMel>;
export type ChannelBalance = Static<typeof ChannelBalance>;
export type SpeechPresence = Static<typeof SpeechPresence>;
export type ConversationFlow = Static<typeof ConversationFlow>;
export type SessionHealth = Static<typeof SessionHealth>;
export type TimingDrift = Static<typeof TimingDrift>;
export type Incident = Static<typeof Incident>;
export type AudioEvidence = Static<typeof AudioEvidence>;
export type StreamHealth = Static<typeof StreamHealth>;
export type Gap = Static<typeof Gap>;
export type NodeError = Static<typeof NodeError>;
export type GatewayEvent = Static<typeof GatewayEvent>;
export type GatewayEventType = GatewayEvent['type'];
