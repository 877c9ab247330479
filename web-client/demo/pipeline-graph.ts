/** The selected pipeline as a graph, from left to right where there is room, else downwards; and what its nodes cost while it runs. */
import {
  type Diagram,
  diagramOf,
  INPUT,
  type Layout,
  type LayoutOptions,
  layOut,
  OUTPUT,
  pathOf,
  strokeOf,
} from '@remotemedia/pipeline/drawing';
import type { PipelineMetrics, PipelineView } from '../src/index.js';
import { byId, create, createSvg } from './dom.js';
import { fineDuration, timesRealTime } from './format.js';
import { NodeBox } from './node-box.js';
import { LoadMeter } from './node-load.js';

type Direction = LayoutOptions['direction'];

/** The first that fits is drawn; where none does, the narrowest, and the card scrolls. */
const SHAPES: readonly { direction: Direction; width: number }[] = [
  { direction: 'right', width: 178 },
  { direction: 'right', width: 152 },
  { direction: 'right', width: 132 },
  { direction: 'down', width: 152 },
  { direction: 'down', width: 136 },
];
const NODE_HEIGHT = 84;
const TERMINAL = { width: 38, height: 26 };

export class PipelineGraph {
  readonly #host = byId('graph', HTMLElement);
  readonly #total = byId('graph-total', HTMLElement);
  readonly #meter = new LoadMeter();
  readonly #boxes = new Map<string, NodeBox>();
  #pipeline: PipelineView | undefined;
  #width = 0;

  constructor() {
    new ResizeObserver(([entry]) => {
      const width = Math.floor(entry!.contentRect.width);
      if (width === this.#width) return;
      this.#width = width;
      this.#draw();
    }).observe(this.#host);
  }

  select(pipeline: PipelineView | undefined): void {
    this.#pipeline = pipeline;
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
    if (this.#width === 0) return;
    if (this.#pipeline === undefined) {
      this.#host.replaceChildren();
      return;
    }
    const { nodes, connections } = this.#pipeline;
    const diagram = diagramOf({ parts: nodes, connections });
    const { layout, direction } = fitting(diagram, this.#width);
    const canvas = create('div', { class: 'graph-canvas', 'data-direction': direction });
    place(canvas, { x: 0, y: 0, width: layout.width, height: layout.height });
    const list = create('ol', { 'aria-label': 'Nodes of the pipeline' });
    for (const box of layout.boxes) {
      const element = this.#boxes.get(box.id)?.element ?? terminal(box.id);
      place(element, box);
      list.append(element);
    }
    canvas.append(lines(diagram, layout, direction), list);
    this.#host.replaceChildren(canvas);
    // What scrolls is to be reached by keys.
    this.#host.tabIndex = layout.width > this.#width ? 0 : -1;
  }
}

function fitting({ ids, edges }: Diagram, room: number): { layout: Layout; direction: Direction } {
  const attempt = ({ direction, width }: (typeof SHAPES)[number]) => {
    const isTerminal = (id: string) => id === INPUT || id === OUTPUT;
    const boxes = ids.map((id) => ({ id, ...(isTerminal(id) ? TERMINAL : { width, height: NODE_HEIGHT }) }));
    return { direction, layout: layOut(boxes, edges, { direction, bend: 26, gap: 14 }) };
  };
  const attempts = SHAPES.map(attempt);
  const narrowest = attempts.reduce((a, b) => (b.layout.width < a.layout.width ? b : a));
  return attempts.find(({ layout }) => layout.width <= room) ?? narrowest;
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

function lines(
  { edges }: Diagram,
  { width, height, edges: placed }: Layout,
  direction: Direction,
): SVGElement {
  const tip = createSvg('path', { d: 'M0 .5 7 4 0 7.5Z' });
  const size = { viewBox: '0 0 8 8', refX: '7', refY: '4', markerWidth: '8', markerHeight: '8' };
  const marker = createSvg(
    'marker',
    { id: 'tip', ...size, markerUnits: 'userSpaceOnUse', orient: 'auto' },
    tip,
  );
  const paths = placed.map(({ points }, index) => {
    const { carries } = edges[index]!;
    const attributes = { class: strokeOf(carries), d: pathOf(points, direction), 'marker-end': 'url(#tip)' };
    return createSvg('path', attributes, createSvg('title', {}, carries.join(', ') || 'audio'));
  });
  const dimensions = { width: String(width), height: String(height), 'aria-hidden': 'true' };
  return createSvg('svg', dimensions, createSvg('defs', {}, marker), ...paths);
}

function summary({ avg_duration_us, real_time_factor, frame_overruns }: PipelineMetrics): string {
  const overruns = frame_overruns === 0 ? '' : ` · ${frame_overruns} frames late`;
  return `${fineDuration(avg_duration_us)} per 10 ms · ${timesRealTime(real_time_factor)}${overruns}`;
}
