/**
 * A layered layout for graphs of pipelines: layers by longest path, order by barycentre, one longest way straight and the rest at
 * its sides. Connections bend only between layers and pass through layers in lanes of their own, so none runs through a box.
 * Pure and deterministic; for Node and browser.
 */
import { itemsOf } from './items.js';
import { layersOf } from './layers.js';
import { ordered } from './order.js';
import { placed } from './placement.js';
import { portsOf } from './ports.js';
import { stopsOf, TEXT_MARGIN } from './stops.js';

/** Extents in pixels. */
export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Room for a text beside the line, along it. Default: none. */
  readonly labelLength?: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** With its upper left corner. */
export interface PlacedBox extends Box, Point {}

export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  /** Straight from each even one to the next, bent from each odd one to the next. */
  readonly points: readonly Point[];
  /** The beginning of the room for its text, on the line. */
  readonly label: Point;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** In the order given. */
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
}

export interface LayoutOptions {
  /** Where connections lead. */
  readonly direction: 'right' | 'down';
  /** Between layers, besides room for texts; more where a connection would be steep. */
  readonly bend: number;
  /** Between boxes of a layer. */
  readonly gap: number;
}

/** How far across a connection may lead before the gap that it crosses grows with it, in pixels, and how many times at most. */
const STEEP = 150;
const MAX_STRETCH = 2.5;

/**
 * @param boxes the way to the last one is drawn straight.
 * @param edges between boxes given, without cycles.
 * @throws RangeError for an edge to a box that is not there.
 */
export function layOut(boxes: readonly Box[], edges: readonly Edge[], options: LayoutOptions): Layout {
  const isDown = options.direction === 'down';
  const numberOf = new Map(boxes.map(({ id }, index) => [id, index]));
  const links = edges.map(({ from, to }) => ({ from: known(numberOf, from), to: known(numberOf, to) }));
  const layerOf = layersOf(boxes.length, links);
  const along = ({ width, height }: Box) => (isDown ? height : width);
  const across = ({ width, height }: Box) => (isDown ? width : height);

  const items = itemsOf(boxes.map(across), layerOf, links);
  const layers = ordered(items.layers, items.all);
  const middles = placed(layers, items.all, options.gap);
  const first = Math.min(0, ...middles.map((middle, item) => middle - items.all[item]!.extent / 2));
  const middleOf = (item: number) => Math.round(middles[item]! - first);

  const bendAfter = (layer: readonly number[]) => {
    const ways = layer.flatMap((item) =>
      items.all[item]!.after.map((next) => Math.abs(middles[next]! - middles[item]!)),
    );
    return Math.round(options.bend * Math.min(MAX_STRETCH, Math.max(1, Math.max(0, ...ways) / STEEP)));
  };
  const { stops, isTextFirst } = stopsOf(
    boxes.map(along),
    layerOf,
    links.map((link, edge) => ({ ...link, textLength: edges[edge]!.labelLength ?? 0 })),
    layers.slice(0, -1).map((layer) => bendAfter(layer)),
  );
  const point = (a: number, b: number): Point => (isDown ? { x: b, y: a } : { x: a, y: b });
  const placedBoxes = boxes.map((box, index) => {
    const { start, extent } = stops[layerOf[index]!]!;
    const corner = Math.round(middleOf(index) - across(box) / 2);
    return { ...box, ...point(start + (extent - along(box)) / 2, corner) };
  });
  const ports = portsOf(
    items.chains,
    boxes.map(across),
    Array.from(items.all, (_, item) => middleOf(item)),
  );
  const placedEdges = items.chains.map((chain, edge): PlacedEdge => {
    const { from, to } = links[edge]!;
    const edgeOf = (box: number, isFar: boolean) => {
      const { x, y } = placedBoxes[box]!;
      return (isDown ? y : x) + (isFar ? along(boxes[box]!) : 0);
    };
    const points = chain.flatMap((item, index) => {
      const stop = stops[layerOf[from]! + index]!;
      const b =
        index === 0 ? ports[edge]!.from : index === chain.length - 1 ? ports[edge]!.to : middleOf(item);
      const a1 = index === 0 ? edgeOf(from, true) : stop.entry;
      const a2 = index === chain.length - 1 ? edgeOf(to, false) : stop.exit;
      return [point(a1, b), point(a2, b)];
    });
    const passed = stops[layerOf[from]! + 1]!;
    const label =
      chain.length > 2
        ? point(passed.start + TEXT_MARGIN, middleOf(chain[1]!))
        : isTextFirst[edge]
          ? point(edgeOf(from, true) + TEXT_MARGIN, ports[edge]!.from)
          : point(passed.entry + TEXT_MARGIN, ports[edge]!.to);
    return { from: edges[edge]!.from, to: edges[edge]!.to, points, label };
  });
  const breadth = Math.max(0, ...items.all.map(({ extent }, item) => middleOf(item) + extent / 2));
  const size = point(stops.at(-1)?.exit ?? 0, Math.ceil(breadth));
  return { width: size.x, height: size.y, boxes: placedBoxes, edges: placedEdges };
}

function known(numberOf: ReadonlyMap<string, number>, id: string): number {
  const number = numberOf.get(id);
  if (number === undefined) throw new RangeError(`an edge names ${JSON.stringify(id)}, which is not there`);
  return number;
}
