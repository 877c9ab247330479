/** Opens pipelines on the runtime of this machine. Modules are loaded for the operator's manifests alone. */
import { Pipeline, type RuntimeChoice, runtimeFor } from '@remotemedia/pipeline';
import type { OpenPipeline } from './service.js';

export interface PipelineOpenerOptions {
  /** Default: `REMOTEMEDIA_RUNTIME`, and without that native where it can be had. */
  readonly runtime?: RuntimeChoice;
  /** URL of the folder of the operator's manifests, to which their modules are relative. Without it, none may name any. */
  readonly base?: URL;
}

export const pipelineOpener =
  ({ runtime: wanted, base }: PipelineOpenerOptions = {}): OpenPipeline =>
  ({ manifest, name, format }) => {
    const runtime = runtimeFor(JSON.stringify(manifest), wanted ? { wanted } : {}).offline;
    const pipeline = Pipeline.fromManifest(manifest, { runtime, ...(name !== null && base && { base }) });
    return pipeline.session(format && { format });
  };
