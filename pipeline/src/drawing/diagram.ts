/** What there is to draw of a plan: its nodes, its connections, and where its input comes in and its results leave. */
import type { Carried, PlannedConnection, PlannedPart } from '@remotemedia/native-dsp';

/** A node as it is drawn; a part of a plan is one. */
export type DrawnNode = Pick<
  PlannedPart,
  'id' | 'node_type' | 'part' | 'executor' | 'is_source' | 'is_output'
>;

export interface DrawnPlan {
  readonly parts: readonly DrawnNode[];
  readonly connections: readonly PlannedConnection[];
}

/** Where the input comes in and the results leave; no node can have such an id. */
export const INPUT = '(in)';
export const OUTPUT = '(out)';

export interface Diagram {
  /** In the order in which they are to be read: the input, the nodes as planned, the output. */
  readonly ids: readonly string[];
  readonly edges: readonly PlannedConnection[];
}

export function diagramOf({ parts, connections }: DrawnPlan): Diagram {
  const sources = parts.filter(({ is_source }) => is_source);
  const outputs = parts.filter(({ is_output }) => is_output);
  return {
    ids: [
      ...(sources.length > 0 ? [INPUT] : []),
      ...parts.map(({ id }) => id),
      ...(outputs.length > 0 ? [OUTPUT] : []),
    ],
    edges: [
      ...sources.map(({ id }) => ({ from: INPUT, to: id, carries: [] })),
      ...connections,
      ...outputs.map(({ id }) => ({ from: id, to: OUTPUT, carries: [] })),
    ],
  };
}

/** What decides how a connection looks: audio goes before all else; what comes in and leaves is drawn like it. */
export function strokeOf(carries: readonly Carried[]): Carried {
  return carries.includes('audio') ? 'audio' : (carries[0] ?? 'audio');
}
