export {
  type Complaint,
  complaintPlace,
  type Execution,
  type GraphInfo,
  isNativeRuntimeAvailable,
  type JsonValue,
  type NodeMetrics,
  type PipelineMetrics,
} from '@remotemedia/native-dsp';
export { loadWasm } from '@remotemedia/native-dsp/wasm';
export * from './audio-pipeline.js';
export * from './errors.js';
export * from './external/definition.js';
export * from './external/external-node.js';
export { ExternalNodes, type ModuleFault, type NodeSources } from './external/external-nodes.js';
export type * from './external/frame-node.js';
export { hostOf, type NodeHost, registerNode } from './external/host.js';
export { moduleHost } from './external/module-host.js';
export * from './item.js';
export { itemBytes } from './item-size.js';
export type { LiveGraph } from './live/live-graph.js';
export type { LiveListener, LiveSession } from './live/live-session.js';
export {
  asWritten,
  complaintsAsWritten,
  type Environment,
  interpolateManifest,
  interpolation,
  invalidManifest,
  rememberVariables,
} from './manifest-text.js';
export * from './pipeline.js';
export { type Clock, SYSTEM_CLOCK } from './reliability/clock.js';
export type { AudioInput, RunInput, RunResult } from './run.js';
export * from './runtime/choice.js';
export * from './runtime/runtime.js';
export type * from './session/pipeline-session.js';
export * from './session/pipeline-totals.js';
export { graphRate } from './session/rate-adapter.js';
export { audioPlan } from './session/undecided-session.js';
export * from './value-pipeline.js';
export * from './wav/index.js';
