/** What the plane counts. The names are those of the statistics, and of the native plane. */
import type { DurationBuckets, LatencyStats } from '@remotemedia/native-dsp';

/** Why a datagram was thrown away before any session saw it. */
export const DISCARDS = [
  'malformed',
  'oversize',
  'unknown_source',
  'unknown_ufrag',
  'media_not_started',
  'ring_full',
  'forward_ring_full',
] as const;
export type Discard = (typeof DISCARDS)[number];

/** Why SRTP refused a packet of a session. */
export const REFUSALS = [
  'srtp_malformed',
  'srtp_replayed',
  'srtp_too_old',
  'srtp_unauthentic',
  'srtp_not_encrypted',
  'srtp_too_many_streams',
  'srtp_key_exhausted',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Every name at 0. */
export function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

/** Buckets per doubling: values are known to 1/16, that is 6.25 %. */
const STEPS = 16;
const STEP_BITS = 4;
/** Below `STEPS` microseconds a bucket is one microsecond; the last one begins beyond 16 s. */
const BUCKETS = STEPS * 22;

/** Bounds of exported durations, as powers of two of microseconds: 32 us to 131 ms. Recorded buckets end there, so that counts are exact. */
const EXPORTED = Array.from({ length: 13 }, (_, n) => 2 ** (5 + n));

/** Durations in microseconds, with fixed memory. */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #sum = 0;
  #max = 0;

  record(durationUs: number): void {
    const whole = Math.max(0, Math.floor(durationUs));
    this.#counts[bucketOf(whole)]!++;
    this.#count++;
    this.#sum += whole;
    this.#max = Math.max(this.#max, whole);
  }

  quantiles(): LatencyStats {
    return { p50: this.#quantile(0.5), p99: this.#quantile(0.99), max: this.#max, count: this.#count };
  }

  buckets(): DurationBuckets {
    return {
      bounds_s: EXPORTED.map((bound) => bound / 1e6),
      counts: EXPORTED.map((bound) => this.#countBelow(bound)),
      count: this.#count,
      sum_s: this.#sum / 1e6,
    };
  }

  #countBelow(bound: number): number {
    return this.#counts.subarray(0, bucketOf(bound)).reduce((sum, count) => sum + count, 0);
  }

  #quantile(share: number): number {
    const rank = Math.ceil(this.#count * share);
    if (rank === 0) return 0;
    let below = 0;
    const bucket = this.#counts.findIndex((count) => {
      below += count;
      return below >= rank;
    });
    return Math.min(upperEnd(bucket), this.#max);
  }
}

function bucketOf(whole: number): number {
  if (whole < STEPS) return whole;
  const shift = Math.floor(Math.log2(whole)) - STEP_BITS;
  return Math.min(shift * STEPS + Math.floor(whole / 2 ** shift), BUCKETS - 1);
}

function upperEnd(bucket: number): number {
  if (bucket < STEPS) return bucket;
  const shift = Math.floor(bucket / STEPS) - 1;
  return (STEPS + (bucket % STEPS) + 1) * 2 ** shift - 1;
}
