/** What pipelines have cost, added up over sessions: over WebRTC and without it, open and closed. Every session tells its own part in the shape of the whole. */
import type { DurationBuckets, PipelineTotal } from '@remotemedia/native-dsp';
import type { NodeCalls, PipelineTotals } from '@remotemedia/pipeline';

type NodeTotal = PipelineTotal['nodes'][number];

/** The totals of both together; pipelines and nodes in the order of their names, the pipeline without one first. */
export function sumOfTotals(a: PipelineTotals, b: PipelineTotals): PipelineTotals {
  return {
    pipelines: sumOfPipelines(a.pipelines, b.pipelines),
    calls: sumOfCalls(a.calls, b.calls),
  };
}

export function sumOfPipelines(a: readonly PipelineTotal[], b: readonly PipelineTotal[]): PipelineTotal[] {
  return merge([...a, ...b], keyOf, (one, other) => ({
    pipeline: one.pipeline,
    overruns: one.overruns + other.overruns,
    duration: sumOfBuckets(one.duration, other.duration),
    nodes: merge([...one.nodes, ...other.nodes], ({ node }) => node, sumOfNodes),
  }));
}

export function sumOfCalls(a: readonly NodeCalls[], b: readonly NodeCalls[]): NodeCalls[] {
  return merge(
    [...a, ...b],
    (calls) => `${keyOf(calls)}\n${calls.node}`,
    (one, other) => ({ ...one, duration: sumOfBuckets(one.duration, other.duration) }),
  );
}

/** Of the same bounds: those of one kind of durations always are. */
export function sumOfBuckets(a: DurationBuckets, b: DurationBuckets): DurationBuckets {
  return {
    bounds_s: a.bounds_s,
    counts: a.counts.map((count, bucket) => count + b.counts[bucket]!),
    count: a.count + b.count,
    sum_s: exactSum(a.sum_s, b.sum_s),
  };
}

function sumOfNodes(a: NodeTotal, b: NodeTotal): NodeTotal {
  return { node: a.node, errors: a.errors + b.errors, duration: sumOfBuckets(a.duration, b.duration) };
}

/** A name may be empty, which is not the same as none. */
function keyOf({ pipeline }: { readonly pipeline: string | null }): string {
  return pipeline === null ? '' : `=${pipeline}`;
}

/**
 * Durations are whole nanoseconds: adding them as such gives the same sum in any order. A counter that went back by its last
 * binary digit would look like a restart to Prometheus, which then counts all of it again.
 */
function exactSum(a: number, b: number): number {
  return (Math.round(a * 1e9) + Math.round(b * 1e9)) / 1e9;
}

/** What is under one name is added up. */
function merge<T>(all: readonly T[], nameOf: (one: T) => string, add: (a: T, b: T) => T): T[] {
  const merged = new Map<string, T>();
  for (const one of all) {
    const other = merged.get(nameOf(one));
    merged.set(nameOf(one), other ? add(other, one) : one);
  }
  return [...merged].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, one]) => one);
}
