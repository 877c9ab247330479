/** Where connections meet the sides of their boxes: side by side, the one that leads straight on in the middle. */

/** Between neighbouring ports, across, in pixels; less where a side is too short. */
const SPACING = 16;
/** From the corners of a box. */
const MARGIN = 10;

export interface Ports {
  readonly from: number;
  readonly to: number;
}

/**
 * @param chains the items of every connection, its boxes first and last.
 * @param extents of the boxes, across.
 * @param middles of all items, across.
 */
export function portsOf(
  chains: readonly (readonly number[])[],
  extents: readonly number[],
  middles: readonly number[],
): Ports[] {
  const spread = (own: 0 | -1, next: 1 | -2): number[] => {
    const places = new Array<number>(chains.length);
    for (const [box, extent] of extents.entries()) {
      const middle = middles[box]!;
      const edges = [...chains.keys()].filter((edge) => chains[edge]!.at(own) === box);
      const towards = (edge: number) => middles[chains[edge]!.at(next)!]!;
      edges.sort((a, b) => towards(a) - towards(b));
      const straight = edges.findIndex((edge) => towards(edge) === middle);
      const centre = straight < 0 ? (edges.length - 1) / 2 : straight;
      const room = extent / 2 - MARGIN;
      const spacing = Math.min(SPACING, room / Math.max(1, centre, edges.length - 1 - centre));
      for (const [index, edge] of edges.entries()) places[edge] = middle + (index - centre) * spacing;
    }
    return places;
  };
  const from = spread(0, 1);
  const to = spread(-1, -2);
  return chains.map((_, edge) => ({ from: from[edge]!, to: to[edge]! }));
}
