/** What was thrown where nobody could catch it, for Prometheus. */
import type { UnheardCounts } from '../unheard-failures.js';
import type { Exposition } from './sampled.js';

export function describeUnheard(exposition: Exposition, counts: UnheardCounts): void {
  exposition.counter(
    'remotemedia_unheard_failures_total',
    'Exceptions that modules threw outside of promises, and rejections that nobody handled; all survived',
    () => Object.entries(counts).map(([kind, count]) => [{ kind }, count]),
  );
}
