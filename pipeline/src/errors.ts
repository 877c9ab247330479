/** What a caller of the pipeline API can do wrong that no runtime knows of. */
import type { Complaint } from '@remotemedia/native-dsp';

export type PipelineErrorCode =
  | 'module_not_allowed'
  | 'module_not_loaded'
  | 'module_missing'
  | 'unknown_node_type'
  | 'duplicate_node_type'
  | 'no_files_here';

export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  /** Everything that is wrong, where it has places in the manifest. */
  readonly complaints: readonly Complaint[];

  constructor(
    readonly code: PipelineErrorCode,
    message: string,
    { complaints = [], ...options }: ErrorOptions & { readonly complaints?: readonly Complaint[] } = {},
  ) {
    super(message, options);
    this.complaints = complaints;
  }
}
