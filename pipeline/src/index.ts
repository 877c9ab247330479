export type { Complaint, NodeMetrics, PipelineMetrics } from '@remotemedia/native-dsp';
export * from './pipeline.js';
export * from './runtime.js';
export * from './wav/index.js';
