export * from './errors.js';
export * from './gateway.js';
export * from './session/events.js';
export type {
  IceCandidateInit,
  Session,
  SessionEvents,
  SessionState,
  UtteranceInfo,
} from './session/session.js';
export type { SessionStatistics, SessionView, TransportKind } from './session/statistics.js';
