/** Changes of the pipelines' folder for Prometheus: one label, four values. */
import type { PipelineCatalogue } from '../pipelines/catalogue.js';
import type { Exposition } from './sampled.js';

export function describeReloads(exposition: Exposition, pipelines: PipelineCatalogue): void {
  exposition.counter(
    'remotemedia_pipeline_reloads_total',
    'Pipelines that were added, changed, removed or refused since the start',
    () => Object.entries(pipelines.changes).map(([result, count]) => [{ result }, count]),
  );
}
