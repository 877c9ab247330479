export { executionError } from './failures.js';
export { refuseModules } from './modules.js';
export * from './open-pipeline.js';
export * from './opus-stream.js';
export * from './service.js';
export type { ExecutionEnd, ExecutionSession, ExecutionTransport } from './session.js';
export type { ExecutionCounters, ExecutionTotals } from './totals.js';
