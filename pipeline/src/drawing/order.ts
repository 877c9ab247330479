/** The order within layers: every item near the middle of its neighbours, so that few connections cross. */

/** An item of a layer, a box or a place where a long connection passes, with the numbers of its neighbours. */
export interface Neighbours {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Sweeps over all layers, forth and back in turn. More change nothing in graphs of the size of manifests. */
const SWEEPS = 16;

/**
 * Barycentre heuristic (Sugiyama, Tagawa and Toda, 1981). Ties keep the given order, so the same graph is always ordered alike.
 * @param layers numbers of items, in the order that is kept where nothing speaks for another.
 * @returns the best order met, by crossings.
 */
export function ordered(layers: readonly (readonly number[])[], items: readonly Neighbours[]): number[][] {
  let current = layers.map((layer) => [...layer]);
  let best = current;
  let fewest = crossings(current, items);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    current = swept(current, items, sweep % 2 === 0 ? 'before' : 'after');
    const count = crossings(current, items);
    if (count >= fewest) continue;
    fewest = count;
    best = current;
  }
  return best;
}

function swept(
  layers: readonly (readonly number[])[],
  items: readonly Neighbours[],
  side: keyof Neighbours,
): number[][] {
  const rank = ranksOf(layers);
  const result = layers.map((layer) => [...layer]);
  for (const layer of side === 'before' ? result : result.toReversed()) {
    const middles = new Map(
      layer.map((item) => {
        const neighbours = items[item]![side];
        const sum = neighbours.reduce((total, neighbour) => total + rank.get(neighbour)!, 0);
        return [item, neighbours.length > 0 ? sum / neighbours.length : rank.get(item)!];
      }),
    );
    layer.sort((a, b) => middles.get(a)! - middles.get(b)!);
    layer.forEach((item, index) => {
      rank.set(item, index);
    });
  }
  return result;
}

function ranksOf(layers: readonly (readonly number[])[]): Map<number, number> {
  return new Map(layers.flatMap((layer) => layer.map((item, index) => [item, index])));
}

/** Pairs of connections between neighbouring layers that cross. */
export function crossings(layers: readonly (readonly number[])[], items: readonly Neighbours[]): number {
  const rank = ranksOf(layers);
  let count = 0;
  for (const [index, layer] of layers.slice(0, -1).entries()) {
    // A Fenwick tree over the next layer counts how many of the connections drawn so far end farther on.
    const tree = new Array<number>(layers[index + 1]!.length + 1).fill(0);
    let drawn = 0;
    for (const item of layer) {
      const ends = items[item]!.after.map((next) => rank.get(next)! + 1);
      for (const end of ends) count += drawn - sumUpTo(tree, end);
      for (const end of ends) addAt(tree, end);
      drawn += ends.length;
    }
  }
  return count;
}

function sumUpTo(tree: readonly number[], end: number): number {
  let sum = 0;
  for (let at = end; at > 0; at -= at & -at) sum += tree[at]!;
  return sum;
}

function addAt(tree: number[], end: number): void {
  for (let at = end; at < tree.length; at += at & -at) tree[at]!++;
}
