/** Metrics whose numbers are kept elsewhere and looked up when Prometheus asks. */
import type { DurationBuckets } from '@remotemedia/gateway';
import type { Metric, Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string>>;

/** One line of the exposition. */
interface Sample {
  /** Where it differs from the metric's. */
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** Registers one metric. Counters end in `_total`, durations in `_seconds`. */
export class Exposition {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  counter(name: string, help: string, sample: () => Iterable<readonly [Labels, number]>): void {
    this.#add('counter', name, help, () => Array.from(sample(), ([labels, value]) => ({ labels, value })));
  }

  gauge(name: string, help: string, sample: () => Iterable<readonly [Labels, number]>): void {
    this.#add('gauge', name, help, () => Array.from(sample(), ([labels, value]) => ({ labels, value })));
  }

  histogram(name: string, help: string, sample: () => Iterable<readonly [Labels, DurationBuckets]>): void {
    this.#add('histogram', name, help, () =>
      Array.from(sample()).flatMap(([labels, duration]) => histogramLines(name, labels, duration)),
    );
  }

  /** `prom-client` has histograms that observe values one by one, and none that are told what was counted. All its registry asks of a metric is this. */
  #add(type: string, name: string, help: string, sample: () => Sample[]): void {
    const metric = {
      name,
      help,
      type,
      aggregator: 'sum',
      get: async () => ({ name, help, type, values: sample() }),
    };
    this.#registry.registerMetric(metric as unknown as Metric);
  }
}

function histogramLines(name: string, labels: Labels, duration: DurationBuckets): Sample[] {
  const { bounds_s, counts, count, sum_s } = duration;
  const bucket = (le: string | number, value: number) => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le },
    value,
  });
  return [
    ...bounds_s.map((bound, index) => bucket(bound, counts[index]!)),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels, value: sum_s },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
