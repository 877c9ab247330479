/** Browser SDK of RemoteMedia Gateway. */
export type {
  Complaint,
  NodeMetrics,
  PipelineList,
  PipelineMetrics,
  PipelineView,
  SessionStatistics,
  SessionView,
  Version,
} from '@remotemedia/signaling/protocol';
export {
  CONNECTION_STEPS,
  type ConnectionPhase,
  type ConnectionStep,
} from './connection-phase.js';
export { fromMicrophoneFailure } from './error-mapping.js';
export {
  GATEWAY_ERROR_CODES,
  GatewayError,
  type GatewayErrorCode,
  type GatewayErrorDetails,
} from './errors.js';
export { GatewayApi } from './gateway-api.js';
export {
  type ConnectionStatistics,
  type ConnectOptions,
  GatewayClient,
  type GatewayClientEvents,
} from './gateway-client.js';
export { type Level, MeterBallistics, measureLevel, SILENCE_DBFS, scalePosition, toDbfs } from './level.js';
export {
  type AppliedMicrophoneSettings,
  appliedSettings,
  listMicrophones,
  type MicrophoneOptions,
  openMicrophone,
} from './microphone.js';
export {
  EventGate,
  type SessionEvent,
  type SessionEventOf,
  type SessionEventType,
} from './session-events.js';
export { readTransportStatistics, type TransportStatistics } from './statistics.js';
export { WhipClient, type WhipOptions } from './whip-client.js';
