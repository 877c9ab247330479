/** The plan of a manifest: its parts, and that of its audio graph. */
import type { ManifestValidation, PipelinePlan, PlanAnswer } from '@remotemedia/native-dsp';
import { CommandError } from '../exit.js';
import type { OpenManifest } from '../manifest.js';
import { offlineRuntime } from '../runtime.js';

interface Format {
  readonly sample_rate: number;
  readonly channels: number;
}

/** The compiled graph as Rust writes it out; times in ms. */
export interface GraphPlan {
  readonly input: Format;
  readonly output: Format | null;
  readonly latency_ms: number;
  readonly nodes: {
    readonly id: string;
    readonly input: Format;
    readonly output: Format | null;
    readonly input_latency_ms: number;
    readonly latency_ms: number;
    readonly on_error: string;
  }[];
  readonly inserted: ({ readonly kind: string; readonly before: string[]; readonly latency_ms?: number } & {
    readonly from?: Format;
    readonly to?: Format;
    readonly streams?: number;
  })[];
  readonly buffers: Format[];
}

export interface FullPlan {
  readonly plan: PipelinePlan;
  /** Absent where nothing works on audio. */
  readonly graph?: GraphPlan;
}

/** @throws CommandError with all complaints. */
export function planOf({ text, externals, complaints }: OpenManifest): FullPlan {
  const runtime = offlineRuntime();
  const answer = JSON.parse(runtime.planPipeline(text, undefined, externals)) as PlanAnswer;
  const all = [...answer.complaints, ...complaints];
  if (!answer.ok || all.length > 0) throw new CommandError('the manifest is not valid', all);
  const { plan } = answer;
  if (!plan.has_graph && plan.kind !== 'either') return { plan };
  const validation = JSON.parse(runtime.validateManifest(text, undefined, externals)) as ManifestValidation;
  if (!validation.ok) throw new CommandError('the manifest is not valid', validation.complaints);
  const found = validation.plan as GraphPlan & { graph?: GraphPlan };
  return { plan, graph: found.graph ?? found };
}

export function formatText({ sample_rate, channels }: Format): string {
  return `${sample_rate / 1000} kHz${channels === 1 ? '' : ` x${channels}`}`;
}
