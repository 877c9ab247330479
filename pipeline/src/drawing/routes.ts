/** The ways of connections: from side to side of their boxes, bent between layers and straight through their passages. */
import type { Axes } from './axes.js';
import type { Link } from './layers.js';
import type { Edge, PlacedBox, PlacedEdge } from './layout.js';
import { portsOf } from './ports.js';
import { type Stops, TEXT_MARGIN } from './stops.js';

export interface Surroundings extends Stops {
  readonly boxes: readonly PlacedBox[];
  readonly layerOf: readonly number[];
  /** Of all items, across. */
  readonly middles: readonly number[];
  readonly axes: Axes;
}

/** @param chains the items of every edge, its boxes first and last. */
export function routed(
  edges: readonly Edge[],
  links: readonly Link[],
  chains: readonly (readonly number[])[],
  { boxes, layerOf, middles, axes, stops, isTextFirst }: Surroundings,
): PlacedEdge[] {
  const { point } = axes;
  const ports = portsOf(chains, boxes.map(axes.across), middles);
  return edges.map(({ from, to }, edge) => {
    const { from: first, to: last } = links[edge]!;
    const port = ports[edge]!;
    const start = axes.start(boxes[first]!) + axes.along(boxes[first]!);
    const end = axes.start(boxes[last]!);
    const entry = stops[layerOf[last]!]!.entry;
    const lanes = chains[edge]!.slice(1, -1).map((item, index) => ({
      middle: middles[item]!,
      stop: stops[layerOf[first]! + 1 + index]!,
    }));
    const points = [
      point(start, port.from),
      point(stops[layerOf[first]!]!.exit, port.from),
      ...lanes.flatMap(({ middle, stop }) => [point(stop.entry, middle), point(stop.exit, middle)]),
      point(entry, port.to),
      point(end, port.to),
    ];
    const [lane] = lanes;
    const label =
      lane !== undefined
        ? point(lane.stop.start + TEXT_MARGIN, lane.middle)
        : isTextFirst[edge]
          ? point(start + TEXT_MARGIN, port.from)
          : point(entry + TEXT_MARGIN, port.to);
    return { from, to, points, label };
  });
}
