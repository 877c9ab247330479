/**
 * Speech probability over the last 15 seconds of media time, with speech shaded, the threshold dashed and utterances marked below.
 * uPlot draws axes and curve; shading and marks are painted through its hooks.
 */
import uPlot from 'uplot';
import { type Palette, translucent } from './palette.js';
import type { SpeechTimeline } from './speech-timeline.js';

const SPAN_SECONDS = 15;
const HEIGHT_PX = 180;

export class VadChart {
  readonly #host: HTMLElement;
  readonly #palette: Palette;
  #timeline: SpeechTimeline | undefined;
  #plot: uPlot | undefined;
  #threshold: number | null = null;
  #endSeconds = SPAN_SECONDS;
  /** Up to where there is media: an open region ends here, not at the chart's edge. */
  #nowMs = 0;
  #version = -1;

  constructor(host: HTMLElement, palette: Palette) {
    this.#host = host;
    this.#palette = palette;
    new ResizeObserver(() => this.#plot?.setSize({ width: this.#width(), height: HEIGHT_PX })).observe(host);
    this.#create();
  }

  /** Start over with another session's timeline; no threshold, no line. */
  show(timeline: SpeechTimeline, threshold: number | null): void {
    this.#timeline = timeline;
    this.#threshold = threshold;
    this.#version = -1;
    this.draw(0);
  }

  draw(mediaTimeMs: number): void {
    const plot = this.#plot;
    const timeline = this.#timeline;
    if (!plot || !timeline) return;
    this.#nowMs = mediaTimeMs;
    this.#endSeconds = Math.max(SPAN_SECONDS, mediaTimeMs / 1000);
    if (this.#version !== timeline.version) {
      this.#version = timeline.version;
      plot.setData([timeline.timesMs.map((timeMs) => timeMs / 1000), timeline.probabilities], false);
    }
    plot.setScale('x', { min: this.#endSeconds - SPAN_SECONDS, max: this.#endSeconds });
  }

  recolour(): void {
    this.#plot?.redraw();
  }

  #create(): void {
    const axis: Partial<uPlot.Axis> = {
      stroke: () => this.#palette['text-muted'],
      grid: { stroke: () => this.#palette.grid, width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    };
    this.#plot = new uPlot(
      {
        width: this.#width(),
        height: HEIGHT_PX,
        padding: [8, 14, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, auto: false },
          y: { auto: false, range: [0, 1] },
        },
        axes: [
          { ...axis, space: 70, size: 26, values: (_plot, splits) => splits.map((s) => `${s} s`) },
          { ...axis, size: 34, splits: () => [0, 0.25, 0.5, 0.75, 1] },
        ],
        series: [
          {},
          {
            stroke: () => this.#palette.speech,
            fill: () => translucent(this.#palette.speech, 0.14),
            width: 2,
            points: { show: false },
          },
        ],
        hooks: { drawClear: [(plot) => this.#drawRegions(plot)], draw: [(plot) => this.#drawMarks(plot)] },
      },
      [[], []],
      this.#host,
    );
  }

  #drawRegions(plot: uPlot): void {
    for (const { startMs, endMs } of this.#timeline?.regions ?? []) {
      const [from, to] = this.#span(plot, startMs, endMs ?? this.#nowMs);
      plot.ctx.fillStyle = translucent(this.#palette.speech, 0.16);
      plot.ctx.fillRect(from, plot.bbox.top, to - from, plot.bbox.height);
    }
  }

  #drawMarks(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    if (this.#threshold !== null) {
      const y = plot.valToPos(this.#threshold, 'y', true);
      ctx.strokeStyle = this.#palette.threshold;
      ctx.lineWidth = ratio;
      ctx.setLineDash([5 * ratio, 4 * ratio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.restore();

    const barHeight = 5 * ratio;
    ctx.fillStyle = this.#palette.mark;
    for (const { startMs, endMs } of this.#timeline?.utterances ?? []) {
      const [from, to] = this.#span(plot, startMs, endMs);
      if (to <= from) continue;
      ctx.beginPath();
      ctx.roundRect(from, bbox.top + bbox.height - barHeight, to - from, barHeight, 2 * ratio);
      ctx.fill();
    }
  }

  #span(plot: uPlot, startMs: number, endMs: number): [number, number] {
    const { left, width } = plot.bbox;
    const clamp = (x: number) => Math.min(left + width, Math.max(left, x));
    return [clamp(plot.valToPos(startMs / 1000, 'x', true)), clamp(plot.valToPos(endMs / 1000, 'x', true))];
  }

  #width(): number {
    return Math.max(200, this.#host.clientWidth);
  }
}
