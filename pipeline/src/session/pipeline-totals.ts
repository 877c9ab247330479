/** What pipelines have cost, in the shape in which many are added up. A session tells its own part; whoever runs many adds. */
import type { DurationBuckets, PipelineTotal } from '@remotemedia/native-dsp';

/** Calls of a node outside the audio graph or on values. */
export interface NodeCalls {
  /** Null for all manifests without a name together. */
  readonly pipeline: string | null;
  /** Its id. Where the pipeline has no name, its type if it is of the catalogue, otherwise `External`. */
  readonly node: string;
  readonly duration: DurationBuckets;
}

export interface PipelineTotals {
  /** Of audio graphs. */
  readonly pipelines: readonly PipelineTotal[];
  readonly calls: readonly NodeCalls[];
}

export const NO_TOTALS: PipelineTotals = { pipelines: [], calls: [] };
