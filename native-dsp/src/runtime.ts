/** What both runtimes offer: pipelines that their caller drives. The native one offers more: {@link Native}. */
import type { Complaint } from './errors.js';
import type { OfflinePipelineConstructor } from './offline-pipeline.js';
import type { RateConverterConstructor } from './rate-converter.js';
import type { ResamplerConstructor } from './resampler.js';

export interface OfflineRuntime {
  readonly OfflinePipeline: OfflinePipelineConstructor;
  readonly RateConverter: RateConverterConstructor;
  readonly Resampler: ResamplerConstructor;

  /** Every node type, its parameters, events and documentation: JSON. The types are in `nodes.gen.ts`. */
  nodeCatalogue(): string;

  /**
   * Parses and compiles a manifest (JSON or YAML text) for 48 kHz mono without running it.
   * @returns JSON of a {@link ManifestValidation}; never throws for a bad manifest.
   */
  validateManifest(text: string): string;

  /** Version of the runtime. */
  readonly version: string;
}

/** What `validateManifest` finds. */
export type ManifestValidation =
  | { ok: true; complaints: []; manifest: unknown; plan: unknown }
  | { ok: false; complaints: Complaint[]; manifest: null; plan: null };
