/** What sessions counted and cost, added up. Every session tells its own part in the shape of the whole. Used by the plane. */
import type { MediaTotal, PlaneTotals } from '@remotemedia/native-dsp';
import { sumOfBuckets, sumOfPipelines } from '../../pipeline-totals.js';
import { Histogram } from './counters.js';

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

/** The totals of both together. */
export function sumOf(a: PlaneTotals, b: PlaneTotals): PlaneTotals {
  return { pipelines: sumOfPipelines(a.pipelines, b.pipelines), media: sumOfMedia(a.media, b.media) };
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
