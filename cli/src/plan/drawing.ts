/** A plan as an SVG file. */
import { svgOf } from '@remotemedia/pipeline/drawing';
import type { FullPlan } from './plan.js';

export function drawingOf({ plan, graph }: FullPlan): string {
  return svgOf(plan, {
    title: `Pipeline${plan.name === null ? '' : ` ${plan.name}`}`,
    latencyMs: new Map(graph?.nodes.map(({ id, latency_ms }) => [id, latency_ms])),
  });
}
