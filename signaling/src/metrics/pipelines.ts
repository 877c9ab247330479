/** What pipelines and their nodes cost, over WebRTC and without it, for Prometheus. */
import type { PipelineTotals } from '@remotemedia/pipeline';
import type { Exposition } from './sampled.js';

/** Of all manifests that clients send along. No configured pipeline can have this name. */
export const INLINE = '(inline)';

export function describePipelines(exposition: Exposition, totals: () => PipelineTotals): void {
  const nameOf = (pipeline: string | null) => pipeline ?? INLINE;
  const pipelines = () =>
    totals().pipelines.map((total) => ({ ...total, labels: { pipeline: nameOf(total.pipeline) } }));
  const nodes = () =>
    pipelines().flatMap(({ labels, nodes }) =>
      nodes.map((total) => ({ ...total, labels: { ...labels, node: total.node } })),
    );
  exposition.histogram(
    'remotemedia_node_duration_seconds',
    'Time that a node takes for 10 ms of audio, in all sessions and executions; of a node outside the audio graph, its place in it; of manifests sent by clients, "node" is the type',
    () => nodes().map(({ labels, duration }) => [labels, duration]),
  );
  exposition.counter(
    'remotemedia_node_errors_total',
    'Frames of 10 ms in which a node of an audio graph panicked or gave samples that are not finite',
    () => nodes().map(({ labels, errors }) => [labels, errors]),
  );
  exposition.histogram(
    'remotemedia_pipeline_duration_seconds',
    'Time that the whole audio graph of a pipeline takes for 10 ms of audio',
    () => pipelines().map(({ labels, duration }) => [labels, duration]),
  );
  exposition.counter(
    'remotemedia_frame_overruns_total',
    'Frames that took longer than the 10 ms that they last; without WebRTC, where audio comes as fast as it is taken, that makes nothing late',
    () => pipelines().map(({ labels, overruns }) => [labels, overruns]),
  );
  exposition.histogram(
    'remotemedia_node_call_duration_seconds',
    'Time of one call of a node outside the audio graph (JavaScript, Python) or on values, whatever it was called with; of manifests sent by clients, "node" is the type, or External',
    () =>
      totals().calls.map(({ pipeline, node, duration }) => [{ pipeline: nameOf(pipeline), node }, duration]),
  );
}
