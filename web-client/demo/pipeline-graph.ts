/** The selected pipeline as a graph, from left to right where there is room, else downwards; and what its nodes cost while it runs. */
import { type Diagram, diagramOf, INPUT, pathOf, strokeOf } from '@remotemedia/pipeline/drawing';
import type { PipelineMetrics, PipelineView } from '../src/index.js';
import { byId, create, createSvg } from './dom.js';
import { fineDuration, timesRealTime } from './format.js';
import { GraphShapes, type Shape } from './graph-shapes.js';
import { NodeBox } from './node-box.js';
import { LoadMeter } from './node-load.js';

export class PipelineGraph {
  readonly #host = byId('graph', HTMLElement);
  readonly #total = byId('graph-total', HTMLElement);
  readonly #meter = new LoadMeter();
  readonly #boxes = new Map<string, NodeBox>();
  #pipeline: PipelineView | undefined;
  #diagram: Diagram | undefined;
  #shapes: GraphShapes | undefined;
  #drawn: Shape | undefined;
  #width = 0;
  #frame = 0;

  constructor() {
    new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry!.contentRect.width);
      // However often the width changes, it is drawn once a frame.
      cancelAnimationFrame(this.#frame);
      this.#frame = requestAnimationFrame(() => this.#draw());
    }).observe(this.#host);
  }

  select(pipeline: PipelineView | undefined): void {
    this.#pipeline = pipeline;
    this.#diagram = pipeline && diagramOf({ parts: pipeline.nodes, connections: pipeline.connections });
    this.#shapes = this.#diagram && new GraphShapes(this.#diagram);
    this.#drawn = undefined;
    this.#host.replaceChildren();
    this.#boxes.clear();
    for (const node of pipeline?.nodes ?? []) this.#boxes.set(node.id, new NodeBox(node));
    this.clear();
    this.#draw();
  }

  /** @param metrics null where the gateway does not measure. */
  show(metrics: PipelineMetrics | null): void {
    if (metrics === null || metrics.total_executions === 0) return;
    this.#total.textContent = summary(metrics);
    const loads = this.#meter.read(metrics);
    // Calls to nodes outside take another order of time than frames in the graph.
    const inGraph = new Set(this.#pipeline?.nodes.filter(({ part }) => part === 'audio').map(({ id }) => id));
    const scale = (isInGraph: boolean) =>
      Math.max(
        1,
        ...[...loads].filter(([id]) => inGraph.has(id) === isInGraph).map(([, load]) => load.p99Us),
      );
    const scales = { true: scale(true), false: scale(false) };
    for (const [id, box] of this.#boxes) box.show(loads.get(id), scales[`${inGraph.has(id)}`]);
  }

  /** Before a session: the graph without numbers. */
  clear(): void {
    this.#meter.restart();
    this.#total.textContent = '';
    for (const box of this.#boxes.values()) box.show(undefined, 1);
  }

  #draw(): void {
    if (this.#width === 0 || !this.#shapes || !this.#diagram) return;
    const shape = this.#shapes.fitting(this.#width);
    if (shape !== this.#drawn) this.#drawShape(shape, this.#diagram);
    this.#drawn = shape;
    // What scrolls is to be reached by keys.
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = this.#host;
    this.#host.tabIndex = scrollWidth > clientWidth || scrollHeight > clientHeight ? 0 : -1;
  }

  #drawShape(shape: Shape, diagram: Diagram): void {
    const canvas = create('div', { class: 'graph-canvas', 'data-direction': shape.direction });
    place(canvas, { x: 0, y: 0, width: shape.layout.width, height: shape.layout.height });
    const list = create('ol', { 'aria-label': 'Nodes of the pipeline' });
    for (const box of shape.layout.boxes) {
      const element = this.#boxes.get(box.id)?.element ?? terminal(box.id);
      place(element, box);
      list.append(element);
    }
    canvas.append(lines(diagram, shape), list);
    this.#host.replaceChildren(canvas);
  }
}

function place(
  element: HTMLElement,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): void {
  element.style.left = `${box.x}px`;
  element.style.top = `${box.y}px`;
  element.style.width = `${box.width}px`;
  element.style.height = `${box.height}px`;
}

function terminal(id: string): HTMLElement {
  const isInput = id === INPUT;
  return create('li', { class: `terminal ${isInput ? 'input' : 'output'}` }, isInput ? 'in' : 'out');
}

function lines({ edges }: Diagram, { layout, direction }: Shape): SVGElement {
  const tip = createSvg('path', { d: 'M0 .5 7 4 0 7.5Z' });
  const size = { viewBox: '0 0 8 8', refX: '7', refY: '4', markerWidth: '8', markerHeight: '8' };
  const marker = createSvg(
    'marker',
    { id: 'tip', ...size, markerUnits: 'userSpaceOnUse', orient: 'auto' },
    tip,
  );
  const paths = layout.edges.map(({ points }, index) => {
    const { carries } = edges[index]!;
    const attributes = { class: strokeOf(carries), d: pathOf(points, direction), 'marker-end': 'url(#tip)' };
    return createSvg('path', attributes, createSvg('title', {}, carries.join(', ') || 'audio'));
  });
  const dimensions = { width: `${layout.width}`, height: `${layout.height}`, 'aria-hidden': 'true' };
  return createSvg('svg', dimensions, createSvg('defs', {}, marker), ...paths);
}

function summary({ avg_duration_us, real_time_factor, frame_overruns }: PipelineMetrics): string {
  const overruns =
    frame_overruns === 0 ? '' : ` · ${frame_overruns} ${frame_overruns === 1 ? 'frame' : 'frames'} late`;
  return `${fineDuration(avg_duration_us)} per 10 ms · ${timesRealTime(real_time_factor)}${overruns}`;
}
