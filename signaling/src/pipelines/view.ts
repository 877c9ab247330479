/** What clients are shown of a pipeline: its nodes, what goes between them, its latency. */
import type { ManifestSource } from '@remotemedia/gateway';
import type { PipelineView } from '../protocol/index.js';
import type { SoundManifest } from './checker.js';

/** The part of a normalised manifest that is shown. */
export interface CheckedManifest extends ManifestSource {
  readonly metadata?: { readonly name?: string; readonly description?: string };
  readonly nodes: readonly {
    id: string;
    node_type: string;
    params?: Record<string, unknown>;
    module?: string;
    execution?: unknown;
  }[];
}

/** The part of what was compiled that is shown with the nodes; of a pipeline in parts, the graph is one of its fields. */
interface Compiled {
  readonly nodes?: readonly { readonly id: string; readonly latency_ms?: number }[];
  readonly graph?: Compiled;
  readonly parts?: readonly { readonly id: string }[];
}

/** @param manifest as clients may see it. */
export function viewOf(
  isDefault: boolean,
  name: string,
  { metadata, nodes }: CheckedManifest,
  { kind, compiled, plan: { parts, connections }, latencyMs }: SoundManifest,
): PipelineView {
  const { graph, nodes: inGraph = graph?.nodes ?? [], parts: planned } = (compiled ?? {}) as Compiled;
  const nodeOf = (id: string) => nodes.find((node) => node.id === id);
  // A plan in parts repeats what its nodes have.
  const inParts = planned?.map((part) => {
    const { params, module, execution } = nodeOf(part.id) ?? {};
    return { ...part, params, module: module ?? null, execution };
  });
  return {
    name,
    title: metadata?.name ?? name,
    description: metadata?.description ?? '',
    is_default: isDefault,
    kind,
    nodes: parts.map(({ id, node_type, part, executor, is_source, is_output }) => ({
      id,
      node_type,
      params: nodeOf(id)?.params ?? {},
      part,
      executor,
      is_source,
      is_output,
      latency_ms: inGraph.find((node) => node.id === id)?.latency_ms ?? 0,
    })),
    connections: connections.map(({ from, to, carries }) => ({ from, to, carries: [...carries] })),
    latency_ms: latencyMs,
    plan: inParts ? { ...(compiled as Compiled), name: metadata?.name ?? null, parts: inParts } : compiled,
  };
}
