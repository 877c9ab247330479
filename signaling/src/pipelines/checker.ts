/** Whether a pipeline can be served: its manifest, and the modules that it names, checked by the runtime of this machine. */
import {
  type Complaint,
  isNativeError,
  type ManifestKind,
  type ManifestValidation,
  type OfflineRuntime,
  type PipelinePlan,
  type PlanAnswer,
} from '@remotemedia/native-dsp';
import {
  asWritten,
  audioPlan,
  complaintsAsWritten,
  type Environment,
  ExternalNodes,
  interpolation,
  type NodeHost,
  rememberVariables,
} from '@remotemedia/pipeline';
import { FewAtOnce } from './few-at-once.js';

/** What a browser sends after decoding. */
const SESSION_FORMAT = { sampleRate: 48_000, channels: 1 };

/** Interpreters that boot for one module each would share one deadline. Sessions, whose modules are known, do not wait here. */
const AT_ONCE = 4;

/** What a sound manifest comes to. */
export interface SoundManifest {
  readonly ok: true;
  readonly kind: ManifestKind;
  /** In its normal form. */
  readonly manifest: unknown;
  /** Its compiled graph, for 48 kHz mono. */
  readonly compiled: unknown;
  /** How it falls into parts, in a session. */
  readonly plan: PipelinePlan;
  /** Algorithmic, in ms; null where it does not work on audio. */
  readonly latencyMs: number | null;
  /** The manifest as clients may see it: what came out of variables, which may be secrets, as it was written. */
  readonly shown: unknown;
}

export interface ManifestChecker {
  /** Never rejects for what is wrong with a manifest. */
  check(
    text: string,
  ): Promise<SoundManifest | { readonly ok: false; readonly complaints: readonly Complaint[] }>;
}

export interface CheckerOptions {
  readonly runtime: OfflineRuntime;
  readonly environment: Environment;
  /** Who brings nodes along. */
  readonly hosts: readonly NodeHost[];
  /** URL of the folder of the manifests. */
  readonly base: URL;
  /** How long each module may take to load. */
  readonly loadTimeoutMs?: number;
  /** Aborted when nobody wants to know any more; ends what loads modules. */
  readonly closing?: AbortSignal;
}

export function manifestChecker({ runtime, environment, ...sources }: CheckerOptions): ManifestChecker {
  const checks = new FewAtOnce(AT_ONCE);
  return { check: (source) => checks.run(() => check(source)) };

  async function check(source: string): ReturnType<ManifestChecker['check']> {
    const answer = interpolation(source, environment, runtime);
    if (!answer.ok) return answer;
    const { text, replaced } = answer;
    const outside = new ExternalNodes(text, sources, runtime);
    const faults = await outside.load();
    const externals = outside.specs;
    const validated = validate(text, externals);
    const complaints = [...validated.complaints, ...faults.map(({ complaint }) => complaint)];
    if (!validated.ok || complaints.length > 0)
      return { ok: false, complaints: complaintsAsWritten(complaints, replaced, runtime) };
    const { kind, manifest, plan: compiled } = validated;
    const shown = asWritten(manifest as object, replaced);
    rememberVariables(manifest as object, shown);
    const planning = planned(text, externals);
    // It needs more channels than sessions have.
    if (!planning.ok)
      return { ok: false, complaints: complaintsAsWritten(planning.complaints, replaced, runtime) };
    const plan = planning.plan.kind === 'either' ? audioPlan(planning.plan) : planning.plan;
    const isOnAudio = plan.has_graph || kind === 'audio' || kind === 'either';
    try {
      const latency = isOnAudio ? latencyMs(text, externals) : null;
      return { ok: true, kind, manifest, compiled, plan, latencyMs: latency, shown };
    } catch (error) {
      // It is for the other runtime.
      if (!isNativeError(error) || !error.complaints) throw error;
      return { ok: false, complaints: complaintsAsWritten(error.complaints, replaced, runtime) };
    }
  }

  function validate(text: string, externals: string): ManifestValidation {
    const result: ManifestValidation = JSON.parse(runtime.validateManifest(text, undefined, externals));
    // The plan of what works on either is that of its audio.
    return result.kind === 'either' ? JSON.parse(runtime.validateManifest(text, 'audio', externals)) : result;
  }

  function planned(text: string, externals: string): PlanAnswer {
    return JSON.parse(runtime.planPipeline(text, 'audio', externals));
  }

  function latencyMs(text: string, externals: string): number {
    const { latencySamples, outputFormat } = new runtime.OfflinePipeline(text, SESSION_FORMAT, externals);
    return (latencySamples / (outputFormat ?? SESSION_FORMAT).sampleRate) * 1000;
  }
}
