export type { Complaint } from '@remotemedia/native-dsp';
export * from './pipeline.js';
export * from './runtime.js';
export * from './wav/index.js';
