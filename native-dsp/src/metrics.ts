/** Types of the metrics of pipelines and nodes. Rust records them; reading them stops nobody. */

/**
 * How long executions took, in microseconds; zeros before the first. Quantiles are up to 6.25 % too large; those of nodes outside are exact, of
 * the latest 1024 calls. All else is exact.
 */
export interface DurationMetrics {
  avg_duration_us: number;
  min_duration_us: number;
  max_duration_us: number;
  p50_us: number;
  p95_us: number;
  p99_us: number;
}

export interface NodeMetrics extends DurationMetrics {
  node_id: string;
  node_type: string;
  /** Frames that it was called with. A node that panicked is not called again. */
  execution_count: number;
  success_count: number;
  /** Frames in which it panicked or gave samples that are not finite. */
  error_count: number;
  /** 0 to 1; null before the first frame. */
  success_rate: number | null;
  total_duration_us: number;
  /** Of nodes outside: further attempts after failures. */
  retry_count?: number;
  /** Of nodes outside in the graph: frames for which their audio had not come. */
  late_count?: number;
  /** Of nodes outside and nodes on values: whether they are called at all. */
  circuit?: 'closed' | 'open' | 'half_open';
}

/**
 * What a pipeline has cost since it was made. One without an audio graph does not run as a whole: its executions are all calls of its nodes, and
 * quantiles are of the latest 1024 of each.
 */
export interface PipelineMetrics extends DurationMetrics {
  /** Its name, where it has one. */
  pipeline_id: string | null;
  /** Frames of 10 ms; without an audio graph, calls of its nodes. */
  total_executions: number;
  /** Conversions of rate and channels between the nodes included. */
  total_duration_us: number;
  total_duration_ms: number;
  /** Time taken by media processed; below 1 it keeps up. Null before the first frame. */
  real_time_factor: number | null;
  /** Frames that took longer than the 10 ms that they last. */
  frame_overruns: number;
  /** In the order of the manifest. */
  node_metrics: NodeMetrics[];
  /** Time that making this very report took; recording is not in it. */
  metrics_overhead_us: number;
}

/** A histogram of durations, in seconds. */
export interface DurationBuckets {
  /** Upper bounds, rising. */
  bounds_s: number[];
  /** By bound: how many durations are below it. */
  counts: number[];
  count: number;
  sum_s: number;
}

/** The audio graph of a pipeline in all its sessions, the closed ones included. */
export interface PipelineTotal {
  /** Null for all manifests without a name together. */
  pipeline: string | null;
  overruns: number;
  duration: DurationBuckets;
  nodes: {
    /** Its id; its type where the pipeline has no name. */
    node: string;
    errors: number;
    duration: DurationBuckets;
  }[];
}

/** What sessions counted, the closed ones included. Everything only grows, except where said otherwise. */
export interface MediaTotal {
  /** Opened. */
  sessions: number;
  packets_received: number;
  packets_sent: number;
  /** May shrink when a late packet comes. */
  packets_lost: number;
  packets_late: number;
  /** By SRTP. */
  packets_refused: number;
  frames_concealed: number;
  events_dropped: number;
  /** From the arrival of a packet to after the send of what it caused. */
  gateway_latency: DurationBuckets;
  /** Work on one packet. */
  processing: DurationBuckets;
}

/** Since the plane was made. */
export interface PlaneTotals {
  /** Empty where metrics are off. */
  pipelines: PipelineTotal[];
  media: MediaTotal;
}
