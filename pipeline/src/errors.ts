/** What a caller of the pipeline API can do wrong that no runtime knows of. */

export type PipelineErrorCode = 'module_not_allowed' | 'module_not_loaded' | 'no_files_here';

export class PipelineError extends Error {
  override readonly name = 'PipelineError';

  constructor(
    readonly code: PipelineErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
