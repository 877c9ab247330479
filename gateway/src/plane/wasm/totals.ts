/** What sessions counted and cost, added up. Every session tells its own part in the shape of the whole. Used by the plane. */
import type { DurationBuckets, MediaTotal, PipelineTotal, PlaneTotals } from '@remotemedia/native-dsp';
import { Histogram } from './counters.js';

type NodeTotal = PipelineTotal['nodes'][number];

/** The totals of no session. */
export function noTotals(): PlaneTotals {
  return {
    pipelines: [],
    media: {
      sessions: 0,
      packets_received: 0,
      packets_sent: 0,
      packets_lost: 0,
      packets_late: 0,
      packets_refused: 0,
      frames_concealed: 0,
      events_dropped: 0,
      gateway_latency: new Histogram().buckets(),
      processing: new Histogram().buckets(),
    },
  };
}

/** The totals of both together; pipelines and nodes in the order of their names, the pipeline without one first. */
export function sumOf(a: PlaneTotals, b: PlaneTotals): PlaneTotals {
  const pipelines = merge(a.pipelines, b.pipelines, keyOf, sumOfPipelines);
  return { pipelines, media: sumOfMedia(a.media, b.media) };
}

/** A name may be empty, which is not the same as none. */
function keyOf({ pipeline }: PipelineTotal): string {
  return pipeline === null ? '' : `=${pipeline}`;
}

function sumOfPipelines(a: PipelineTotal, b: PipelineTotal): PipelineTotal {
  return {
    pipeline: a.pipeline,
    overruns: a.overruns + b.overruns,
    duration: sumOfBuckets(a.duration, b.duration),
    nodes: merge(a.nodes, b.nodes, ({ node }) => node, sumOfNodes),
  };
}

function sumOfNodes(a: NodeTotal, b: NodeTotal): NodeTotal {
  return { node: a.node, errors: a.errors + b.errors, duration: sumOfBuckets(a.duration, b.duration) };
}

function sumOfMedia(a: MediaTotal, b: MediaTotal): MediaTotal {
  return {
    sessions: a.sessions + b.sessions,
    packets_received: a.packets_received + b.packets_received,
    packets_sent: a.packets_sent + b.packets_sent,
    packets_lost: a.packets_lost + b.packets_lost,
    packets_late: a.packets_late + b.packets_late,
    packets_refused: a.packets_refused + b.packets_refused,
    frames_concealed: a.frames_concealed + b.frames_concealed,
    events_dropped: a.events_dropped + b.events_dropped,
    gateway_latency: sumOfBuckets(a.gateway_latency, b.gateway_latency),
    processing: sumOfBuckets(a.processing, b.processing),
  };
}

/** Of the same bounds: those of one kind of durations always are. */
function sumOfBuckets(a: DurationBuckets, b: DurationBuckets): DurationBuckets {
  return {
    bounds_s: a.bounds_s,
    counts: a.counts.map((count, bucket) => count + b.counts[bucket]!),
    count: a.count + b.count,
    sum_s: exactSum(a.sum_s, b.sum_s),
  };
}

/**
 * Durations are whole nanoseconds: adding them as such gives the same sum in any order. A counter that went back by its last
 * binary digit would look like a restart to Prometheus, which then counts all of it again.
 */
function exactSum(a: number, b: number): number {
  return (Math.round(a * 1e9) + Math.round(b * 1e9)) / 1e9;
}

/** What both have under one name is added up. */
function merge<T>(a: readonly T[], b: readonly T[], nameOf: (one: T) => string, add: (a: T, b: T) => T): T[] {
  const merged = new Map(a.map((one) => [nameOf(one), one]));
  for (const one of b) {
    const other = merged.get(nameOf(one));
    merged.set(nameOf(one), other ? add(other, one) : one);
  }
  return [...merged].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, one]) => one);
}
