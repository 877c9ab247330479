/**
 * The pipelines that clients may name: every manifest of the configured folder, checked by the native runtime.
 * Pure but for the functions handed in.
 */
import type { ManifestSource } from '@remotemedia/gateway';
import { complaintPlace, type ManifestValidation, type PipelinePlan } from '@remotemedia/native-dsp';
import type { Complaint, PipelineView } from '../protocol/index.js';

/** The parts of the native runtime that check a manifest. */
export interface ManifestChecker {
  /** Parses and compiles manifest text, one on audio for 48 kHz mono. */
  validate(text: string): ManifestValidation;
  /** Algorithmic latency of a valid manifest on audio in ms, for 48 kHz mono. */
  latencyMs(text: string): number | null;
  /** How a valid manifest falls into parts, in a session. */
  plan(text: string): PipelinePlan;
}

export interface PipelineFile {
  /** File name, with ending. */
  readonly file: string;
  readonly text: string;
}

/** Checked pipelines by name. */
export interface PipelineCatalogue {
  readonly defaultName: string;
  readonly manifests: ReadonlyMap<string, ManifestSource>;
  readonly views: readonly PipelineView[];
}

/** The part of a normalised manifest that is shown. */
interface CheckedManifest extends ManifestSource {
  readonly metadata?: { readonly name?: string; readonly description?: string };
  readonly nodes: readonly { id: string; node_type: string; params?: Record<string, unknown> }[];
}

const ENDING = /\.(yaml|yml|json)$/;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** What names no pipeline gets the default one, in sessions over WebRTC too. */
const DEFAULT_WITHOUT_AUDIO: Complaint = {
  path: '',
  code: 'not_on_audio',
  message: 'does not work on audio, and cannot be the default',
  hint: 'Name one on audio in pipelines.default',
};

/** Only one with nodes outside may do without. */
const hasGraph = ({ kind, plan }: ManifestValidation): boolean =>
  kind === 'hybrid' ? (plan as PipelinePlan).has_graph : kind !== 'values';

/** Whether a file of the folder is meant to be a pipeline. */
export const isPipelineFile = (file: string): boolean => ENDING.test(file) && !file.startsWith('.');

/** Checks all files; mistakes go to `complaints`, with the file's name in front of the path. */
export function buildCatalogue(
  files: readonly PipelineFile[],
  defaultName: string,
  checker: ManifestChecker,
  complaints: Complaint[],
): PipelineCatalogue {
  const manifests = new Map<string, ManifestSource>();
  const views: PipelineView[] = [];
  const complain = (file: string, complaint: Complaint) =>
    complaints.push({ ...complaint, path: complaintPlace(complaint, file) });
  for (const { file, text } of [...files].sort((a, b) => (a.file < b.file ? -1 : 1))) {
    const name = file.replace(ENDING, '');
    if (!NAME.test(name) || manifests.has(name)) {
      const hint = 'Use lower-case letters, digits, dot, dash and underscore, and each name once';
      complain(file, { path: '', code: 'invalid_name', message: 'cannot be the name of a pipeline', hint });
      continue;
    }
    const result = checker.validate(text);
    if (!result.ok) {
      for (const complaint of result.complaints) complain(file, complaint);
      continue;
    }
    const manifest = result.manifest as CheckedManifest;
    manifests.set(name, manifest);
    const isOnAudio = hasGraph(result);
    const latencyMs = isOnAudio ? checker.latencyMs(text) : null;
    if (name === defaultName && !isOnAudio) complain(file, DEFAULT_WITHOUT_AUDIO);
    const isDefault = name === defaultName;
    const parts = checker.plan(text);
    views.push({ ...view(name, isDefault, manifest, result.plan, parts, latencyMs), kind: result.kind });
  }
  if (complaints.length === 0 && !manifests.has(defaultName)) {
    const hint = `There are ${[...manifests.keys()].join(', ') || 'no pipelines'}`;
    complaints.push({
      path: 'pipelines.default',
      code: 'unknown_pipeline',
      message: `no pipeline is named "${defaultName}"`,
      hint,
    });
  }
  return { defaultName, manifests, views };
}

/** The part of a compiled graph that is shown with its nodes; that of a pipeline in parts is one of its fields. */
interface CompiledGraph {
  readonly nodes?: readonly { readonly id: string; readonly latency_ms?: number }[];
  readonly graph?: CompiledGraph;
}

const view = (
  name: string,
  isDefault: boolean,
  { metadata, nodes }: CheckedManifest,
  compiled: unknown,
  { parts, connections }: PipelinePlan,
  latencyMs: number | null,
): Omit<PipelineView, 'kind'> => {
  const { graph, nodes: inGraph = graph?.nodes ?? [] } = (compiled ?? {}) as CompiledGraph;
  return {
    name,
    title: metadata?.name ?? name,
    description: metadata?.description ?? '',
    is_default: isDefault,
    nodes: parts.map(({ id, node_type, part, executor, is_source, is_output }) => ({
      id,
      node_type,
      params: nodes.find((node) => node.id === id)?.params ?? {},
      part,
      executor,
      is_source,
      is_output,
      latency_ms: inGraph.find((node) => node.id === id)?.latency_ms ?? 0,
    })),
    connections: connections.map(({ from, to, carries }) => ({ from, to, carries: [...carries] })),
    latency_ms: latencyMs,
    plan: compiled,
  };
};
