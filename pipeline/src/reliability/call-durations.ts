/** How long calls of a node outside took: in memory that does not grow, however many there are. */
import type { DurationBuckets, DurationMetrics } from '@remotemedia/native-dsp';

/** Quantiles are of so many calls: the latest. */
const LATEST = 1024;

/** Bounds of exported durations, in microseconds: powers of two from 16 us to 67 s. A call of a node in JavaScript takes less than the first. */
const BOUNDS_US = Array.from({ length: 23 }, (_, n) => 2 ** (4 + n));

export class CallDurations {
  readonly latestUs: number[] = [];
  /** By bound, below it and not below the one before; the last one is beyond all bounds. */
  readonly #counts = new Float64Array(BOUNDS_US.length + 1);
  count = 0;
  totalUs = 0;
  minUs = Number.POSITIVE_INFINITY;
  maxUs = 0;

  record(measuredUs: number): void {
    // A difference of differences can fall below nothing by a rounding error, and a sum must never go back.
    const durationUs = Math.max(0, measuredUs);
    this.latestUs[this.count % LATEST] = durationUs;
    this.#counts[bucketOf(durationUs)]!++;
    this.count++;
    this.totalUs += durationUs;
    this.minUs = Math.min(this.minUs, durationUs);
    this.maxUs = Math.max(this.maxUs, durationUs);
  }

  /** As a monitoring system takes them. */
  buckets(): DurationBuckets {
    let below = 0;
    return {
      bounds_s: BOUNDS_US.map((bound) => bound / 1e6),
      counts: BOUNDS_US.map((_, bucket) => {
        below += this.#counts[bucket]!;
        return below;
      }),
      count: this.count,
      // In whole nanoseconds, as those inside: sums of them are the same in any order.
      sum_s: Math.round(this.totalUs * 1e3) / 1e9,
    };
  }
}

/** What the calls of several nodes come to together; quantiles are of the latest of each. */
export function durationsOf(nodes: readonly CallDurations[]): DurationMetrics {
  const count = nodes.reduce((sum, node) => sum + node.count, 0);
  const totalUs = nodes.reduce((sum, node) => sum + node.totalUs, 0);
  const sorted = nodes.flatMap(({ latestUs }) => latestUs).sort((a, b) => a - b);
  // Nearest rank, as for the nodes inside.
  const quantile = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return {
    avg_duration_us: count === 0 ? 0 : totalUs / count,
    min_duration_us: count === 0 ? 0 : Math.min(...nodes.map(({ minUs }) => minUs)),
    max_duration_us: Math.max(0, ...nodes.map(({ maxUs }) => maxUs)),
    p50_us: quantile(0.5),
    p95_us: quantile(0.95),
    p99_us: quantile(0.99),
  };
}

/** Of the bits of a whole number, without the four below the first bound. */
function bucketOf(durationUs: number): number {
  const sixteenths = Math.min(durationUs / BOUNDS_US[0]!, 2 ** 30);
  return Math.min(32 - Math.clz32(sixteenths), BOUNDS_US.length);
}
