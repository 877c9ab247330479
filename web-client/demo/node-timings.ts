/** What each node of the running session costs: a row a node, the mean as a bar, the 99th percentile as its faint end. */
import type { PipelineMetrics } from '../src/index.js';
import { byId, create } from './dom.js';
import { microseconds, timesRealTime } from './format.js';

export class NodeTimings {
  readonly #card = byId('timings', HTMLElement);
  readonly #rows = byId('timing-rows', HTMLElement);
  readonly #total = byId('timing-total', HTMLElement);

  /** Hidden where the gateway does not measure. */
  show(metrics: PipelineMetrics | null): void {
    this.#card.hidden = metrics === null || metrics.total_executions === 0;
    if (metrics === null) return;
    const scale = Math.max(...metrics.node_metrics.map(({ p99_us }) => p99_us));
    this.#rows.replaceChildren(...metrics.node_metrics.map((node) => row(node, scale)));
    this.#total.textContent = summary(metrics);
  }

  clear(): void {
    this.#card.hidden = true;
  }
}

function row(node: PipelineMetrics['node_metrics'][number], scale: number): HTMLElement {
  const bar = create('span', { class: 'timing-bar', 'aria-hidden': 'true' });
  bar.style.setProperty('--mean', String(node.avg_duration_us / scale));
  bar.style.setProperty('--p99', String(node.p99_us / scale));
  const errors = node.error_count > 0 ? ` · ${node.error_count} errors` : '';
  return create(
    'tr',
    { 'data-node': node.node_id, ...(errors && { class: 'failing' }) },
    create('th', { scope: 'row', title: `${node.node_type}${errors}` }, node.node_id),
    create('td', {}, bar),
    create('td', {}, microseconds(node.avg_duration_us)),
    create('td', {}, microseconds(node.p99_us)),
  );
}

function summary({ avg_duration_us, real_time_factor, frame_overruns }: PipelineMetrics): string {
  const overruns = frame_overruns === 0 ? '' : ` · ${frame_overruns} frames late`;
  return `${microseconds(avg_duration_us)} µs per 10 ms · ${timesRealTime(real_time_factor)}${overruns}`;
}
