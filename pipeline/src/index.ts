export type { Complaint, Execution, GraphInfo, JsonValue, ValueRuntime } from '@remotemedia/native-dsp';
export * from './pipeline.js';
export * from './runtime.js';
export * from './value-pipeline.js';
export * from './wav/index.js';
