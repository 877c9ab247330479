export {
  type Complaint,
  type Execution,
  type GraphInfo,
  isNativeRuntimeAvailable,
  type JsonValue,
  type NodeMetrics,
  type PipelineMetrics,
} from '@remotemedia/native-dsp';
export * from './external/external-node.js';
export * from './item.js';
export * from './pipeline.js';
export * from './runtime/choice.js';
export * from './runtime/runtime.js';
export type * from './session/pipeline-session.js';
export * from './value-pipeline.js';
export * from './wav/index.js';
