export type { DurationBuckets, NodeMetrics, NodeState, PipelineMetrics } from '@remotemedia/native-dsp';
export type { PublishedMessage, Subscription, TopicListener, TopicMessage } from './control/topic-board.js';
export * from './errors.js';
export * from './execution/index.js';
export * from './gateway.js';
export type { GatewayLog } from './log.js';
export { createGateway } from './media-gateway.js';
export { sumOfTotals } from './pipeline-totals.js';
export { createNativePlane } from './plane/choice.js';
export type { PlaneFactory } from './plane/plane-port.js';
export { opusVersion } from './plane/wasm/codec.js';
export { createWasmPlane } from './plane/wasm/index.js';
export * from './session/events.js';
export type {
  IceCandidateInit,
  Session,
  SessionEvents,
  SessionState,
  UtteranceInfo,
} from './session/session.js';
export type { SessionStatistics, SessionView, TransportKind } from './session/statistics.js';
