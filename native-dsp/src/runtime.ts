/** What both runtimes offer: pipelines that their caller drives, and functions on whole arrays. The native one offers more: {@link Native}. */
import type { Complaint } from './errors.js';
import type { OfflinePipelineConstructor } from './offline-pipeline.js';
import type { RateConverterConstructor } from './rate-converter.js';
import type { ResamplerConstructor } from './resampler.js';
import type { SampleFunctions } from './samples.js';
import type { ValueRuntime } from './value-pipeline.js';

export interface OfflineRuntime extends ValueRuntime, SampleFunctions {
  readonly OfflinePipeline: OfflinePipelineConstructor;
  readonly RateConverter: RateConverterConstructor;
  readonly Resampler: ResamplerConstructor;

  /** Every node type, its parameters, events and documentation: JSON. The types are in `nodes.gen.ts`. */
  nodeCatalogue(): string;

  /**
   * Parses and compiles a manifest (JSON or YAML text) without running it; one on audio for 48 kHz mono.
   * @param purpose `audio`: as a session takes it, which has no use for JSON values. Default: whatever it works on.
   * @param externals JSON of the `ExternalSpec[]` that the host knows.
   * @returns JSON of a {@link ManifestValidation}; never throws for a bad manifest.
   * @throws NativeError `invalid_options` for unsound `externals`.
   */
  validateManifest(text: string, purpose?: 'audio', externals?: string): string;

  /**
   * The text of a manifest with `${NAME}` and `${NAME:-default}` in its values replaced; `$${` stands for `${`. For manifests of one's
   * own alone: one that came over the network could read out whatever is in there.
   * @param environment JSON of an object of texts.
   * @returns JSON of an {@link Interpolation}.
   * @throws NativeError `invalid_options` where `environment` is no such object.
   */
  interpolateManifest(text: string, environment: string): string;

  /**
   * Complaints about a text that {@link interpolateManifest} made, which quote what came out of variables as it was written.
   * @param complaints JSON of a `Complaint[]`.
   * @param replaced JSON of the `Replaced[]` of that text.
   * @returns JSON of a `Complaint[]`.
   */
  complaintsAsWritten(complaints: string, replaced: string): string;

  /** The entries of `nodes` that are to run outside: JSON of `ExternalMention[]`; none for a text that cannot be read. */
  externalMentions(text: string): string;

  /**
   * How a pipeline falls into parts.
   * @param purpose `audio`: as a session runs it, where all audio comes in frames.
   * @param externals JSON of the `ExternalSpec[]` that the host knows.
   * @returns JSON of a `PlanAnswer`; never throws for a bad manifest.
   * @throws NativeError `invalid_options` for unsound `externals`.
   */
  planPipeline(text: string, purpose?: 'audio', externals?: string): string;

  /** Version of the runtime. */
  readonly version: string;
}

/** What a pipeline works on; `either`: on whatever it is given; `hybrid`: it has parts of several kinds. */
export type ManifestKind = 'audio' | 'values' | 'either' | 'hybrid';

/** What `interpolateManifest` answers; the complaints are of references that lead to no value. */
export type Interpolation =
  | { ok: true; text: string; replaced: Replaced[]; complaints: [] }
  | { ok: false; text: null; replaced: []; complaints: Complaint[] };

/** A value that came out of variables. One may be a secret: what shows the manifest shows it as it was written. */
export interface Replaced {
  /** Where it is in the manifest as it was written: `nodes[2].params.gain_db`. */
  path: string;
  written: string;
  value: string;
}

/** What `validateManifest` finds. The plan of a pipeline of values is its `GraphInfo`. */
export type ManifestValidation =
  | { ok: true; kind: ManifestKind; complaints: []; manifest: unknown; plan: unknown }
  | { ok: false; kind: ManifestKind | null; complaints: Complaint[]; manifest: null; plan: null };
