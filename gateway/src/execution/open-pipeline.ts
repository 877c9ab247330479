/**
 * Opens pipelines on the runtime of this machine. Modules, and nodes that take an interpreter each, are for the operator's manifests alone; a
 * client's has the nodes of the catalogue and the registered ones.
 */
import { type NodeHost, Pipeline, type RuntimeChoice, runtimeFor } from '@remotemedia/pipeline';
import { openForClient } from './modules.js';
import type { OpenPipeline } from './service.js';

/** That there is no native runtime is told where the gateway is started, once. */
const UNHEARD = (): void => {};

export interface PipelineOpenerOptions {
  /** Default: `REMOTEMEDIA_RUNTIME`, and without that native where it can be had. */
  readonly runtime?: RuntimeChoice;
  /** URL of the folder of the operator's manifests, to which their modules are relative. Without it, none may name any. */
  readonly base?: URL;
  /** Who else brings nodes along for the operator's manifests. */
  readonly hosts?: readonly NodeHost[];
  /** How long each of their modules may take to load. */
  readonly loadTimeoutMs?: number;
  /** Aborted when no more are wanted; ends what loads modules. */
  readonly closing?: AbortSignal;
}

export const pipelineOpener =
  ({ runtime: wanted, hosts = [], ...modules }: PipelineOpenerOptions = {}): OpenPipeline =>
  ({ manifest, name, format }) => {
    const runtime = runtimeFor(JSON.stringify(manifest), {
      ...(wanted && { wanted }),
      warn: UNHEARD,
    }).offline;
    const pipeline =
      name === null
        ? openForClient(manifest, hosts, () => Pipeline.fromManifest(manifest, { runtime }))
        : Pipeline.fromManifest(manifest, { runtime, hosts, ...modules });
    return pipeline.session(format && { format });
  };
