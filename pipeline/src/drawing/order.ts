/** The order within layers: every item near the middle of its neighbours, so that few connections cross. */

/** An item of a layer, a box or a place where a long connection passes, with the numbers of its neighbours. */
export interface Neighbours {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Sweeps over all layers, forth and back in turn. More change nothing in graphs of the size of manifests. */
const SWEEPS = 16;
/** Items times sweeps: in a graph of thousands of passages nobody follows a line, and every sweep takes its time. */
const MOST_MOVES = 100_000;

/**
 * Barycentre heuristic (Sugiyama, Tagawa and Toda, 1981). Ties keep the given order, so the same graph is always ordered alike.
 * @param layers numbers of items, in the order that is kept where nothing speaks for another.
 * @returns the best order met, by crossings.
 */
export function ordered(layers: readonly (readonly number[])[], items: readonly Neighbours[]): number[][] {
  const current = layers.map((layer) => [...layer]);
  const ranks = ranksOf(current, items.length);
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(current, items, ranks);
  const sweeps = Math.min(SWEEPS, MOST_MOVES / items.length);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    sweepOver(current, items, ranks, sweep % 2 === 0 ? 'before' : 'after');
    const count = crossings(current, items, ranks);
    if (count >= fewest) continue;
    fewest = count;
    best = current.map((layer) => [...layer]);
  }
  return best;
}

/** Orders every layer by its neighbours on one side. */
function sweepOver(
  layers: readonly number[][],
  items: readonly Neighbours[],
  ranks: Uint32Array,
  side: keyof Neighbours,
): void {
  const middles = new Float64Array(items.length);
  for (const layer of side === 'before' ? layers : layers.toReversed()) {
    for (const item of layer) middles[item] = barycentre(item, items[item]![side], ranks);
    layer.sort((a, b) => middles[a]! - middles[b]!);
    rankLayer(layer, ranks);
  }
}

function barycentre(item: number, neighbours: readonly number[], ranks: Uint32Array): number {
  if (neighbours.length === 0) return ranks[item]!;
  let sum = 0;
  for (const neighbour of neighbours) sum += ranks[neighbour]!;
  return sum / neighbours.length;
}

/** By item: its place in its layer. */
function ranksOf(layers: readonly (readonly number[])[], items: number): Uint32Array {
  const ranks = new Uint32Array(items);
  for (const layer of layers) rankLayer(layer, ranks);
  return ranks;
}

function rankLayer(layer: readonly number[], ranks: Uint32Array): void {
  for (const [rank, item] of layer.entries()) ranks[item] = rank;
}

/** Pairs of connections between neighbouring layers that cross. */
function crossings(
  layers: readonly (readonly number[])[],
  items: readonly Neighbours[],
  ranks: Uint32Array,
): number {
  let count = 0;
  for (const [index, layer] of layers.slice(0, -1).entries()) {
    // A Fenwick tree over the next layer counts how many of the connections drawn so far end farther on.
    const tree = new Uint32Array(layers[index + 1]!.length + 1);
    let drawn = 0;
    for (const item of layer) {
      const { after } = items[item]!;
      for (const next of after) count += drawn - sumUpTo(tree, ranks[next]! + 1);
      for (const next of after) addAt(tree, ranks[next]! + 1);
      drawn += after.length;
    }
  }
  return count;
}

function sumUpTo(tree: Uint32Array, end: number): number {
  let sum = 0;
  for (let at = end; at > 0; at -= at & -at) sum += tree[at]!;
  return sum;
}

function addAt(tree: Uint32Array, end: number): void {
  for (let at = end; at < tree.length; at += at & -at) tree[at]!++;
}
