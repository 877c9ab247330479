/**
 * A layered layout for graphs of pipelines: layers by longest path, order by barycentre, one longest way straight and the rest at
 * its sides. Connections bend only between layers and pass through layers in lanes of their own, so none runs through a box.
 * Pure and deterministic; for Node and browser.
 */
import { axesOf } from './axes.js';
import { bendsOf } from './bends.js';
import { type Items, itemsOf } from './items.js';
import { type Link, layersOf } from './layers.js';
import { ordered } from './order.js';
import { placed } from './placement.js';
import { routed } from './routes.js';
import { stopsOf } from './stops.js';

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

/**
 * By the method of Sugiyama, Tagawa and Toda (1981): boxes into layers, passages for what leads past them, an order within every layer,
 * coordinates, and connections along them.
 * @param boxes the way to the last one is drawn straight.
 * @param edges between boxes given, without cycles.
 * @throws RangeError for an edge to a box that is not there.
 */
export function layOut(boxes: readonly Box[], edges: readonly Edge[], options: LayoutOptions): Layout {
  const axes = axesOf(options.direction);
  const links = linksOf(boxes, edges);

  const layerOf = layersOf(boxes.length, links);
  const items = itemsOf(boxes.map(axes.across), layerOf, links);
  const layers = ordered(items.layers, items.all);

  const exactMiddles = placed(layers, items.all, options.gap);
  const middles = fromZero(exactMiddles, items);
  const lines = links.map((link, edge) => ({ ...link, textLength: edges[edge]!.labelLength ?? 0 }));
  const bends = bendsOf(layers, items.all, exactMiddles, options.bend);
  const { stops, isTextFirst } = stopsOf(boxes.map(axes.along), layerOf, lines, bends);

  const placedBoxes = boxes.map((box, index): PlacedBox => {
    const { start, extent } = stops[layerOf[index]!]!;
    const corner = Math.round(middles[index]! - axes.across(box) / 2);
    return { ...box, ...axes.point(start + (extent - axes.along(box)) / 2, corner) };
  });
  const surroundings = { boxes: placedBoxes, layerOf, middles, axes, stops, isTextFirst };
  const placedEdges = routed(edges, links, items.chains, surroundings);
  const { x: width, y: height } = axes.point(stops.at(-1)?.exit ?? 0, breadthOf(middles, items));
  return { width, height, boxes: placedBoxes, edges: placedEdges };
}

function linksOf(boxes: readonly Box[], edges: readonly Edge[]): Link[] {
  const numberOf = new Map(boxes.map(({ id }, index) => [id, index]));
  const known = (id: string): number => {
    const number = numberOf.get(id);
    if (number === undefined) throw new RangeError(`an edge names ${JSON.stringify(id)}, which is not there`);
    return number;
  };
  return edges.map(({ from, to }) => ({ from: known(from), to: known(to) }));
}

/** Whole pixels, and none of an item less than 0. */
function fromZero(middles: readonly number[], { all }: Items): number[] {
  const first = middles.reduce((least, middle, item) => Math.min(least, middle - all[item]!.extent / 2), 0);
  return middles.map((middle) => Math.round(middle - first));
}

function breadthOf(middles: readonly number[], { all }: Items): number {
  return Math.ceil(all.reduce((most, { extent }, item) => Math.max(most, middles[item]! + extent / 2), 0));
}
