/** Coordinates across the layers: items in their order, apart from each other, as near to their neighbours as that allows. */
import type { Neighbours } from './order.js';

export interface Item extends Neighbours {
  /** Extent across, in pixels. */
  readonly extent: number;
  /** Of the way that is drawn straight, through coordinate 0. */
  readonly isMain: boolean;
  /** A place where a long connection passes. */
  readonly isPassage: boolean;
}

/** Sweeps over all layers, forth and back in turn, at most. */
const SWEEPS = 40;
/** In pixels: nobody sees less. */
const VISIBLE = 0.1;

/** @returns the middle of every item, across. */
export function placed(
  layers: readonly (readonly number[])[],
  items: readonly Item[],
  gap: number,
): number[] {
  const middles = new Array<number>(items.length).fill(0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const former = [...middles];
    for (const layer of sweep % 2 === 0 ? layers : layers.toReversed()) settle(layer, items, middles, gap);
    if (middles.every((middle, item) => Math.abs(middle - former[item]!) < VISIBLE)) break;
  }
  return middles;
}

/** Moves one layer to where the weighted sum of squared distances to its neighbours is least. */
function settle(layer: readonly number[], items: readonly Item[], middles: number[], gap: number): void {
  // Counted from the closest packing of the layer, all that order and distance demand is that coordinates never fall.
  const packed: number[] = [];
  for (const [index, item] of layer.entries()) {
    const previous = index === 0 ? undefined : items[layer[index - 1]!]!;
    packed.push(
      previous === undefined
        ? 0
        : packed[index - 1]! +
            (previous.extent + items[item]!.extent) / 2 +
            (previous.isPassage && items[item]!.isPassage ? gap / 2 : gap),
    );
  }
  const wishes = layer.map((item, index) => {
    const { middle, weight } = wishOf(item, items, middles);
    return { middle: middle - packed[index]!, weight };
  });
  const main = layer.findIndex((item) => items[item]!.isMain);
  const straight = main < 0 ? undefined : -packed[main]!;
  const before = rising(wishes.slice(0, Math.max(main, 0)));
  const after = rising(wishes.slice(main + 1));
  for (const [index, item] of layer.entries()) {
    // Within bounds, the best is the best without them, cut off at them.
    const place =
      index === main
        ? straight!
        : index < main
          ? Math.min(before[index]!, straight!)
          : Math.max(after[index - main - 1]!, straight ?? Number.NEGATIVE_INFINITY);
    middles[item] = place + packed[index]!;
  }
}

interface Wish {
  readonly middle: number;
  readonly weight: number;
}

function wishOf(item: number, items: readonly Item[], middles: readonly number[]): Wish {
  const own = items[item]!;
  let sum = 0;
  for (const neighbour of own.before) sum += middles[neighbour]!;
  // A long connection leads straight on from where it comes, and bends once, at its end.
  if (!own.isPassage) for (const neighbour of own.after) sum += middles[neighbour]!;
  const weight = own.before.length + (own.isPassage ? 0 : own.after.length);
  return weight === 0 ? { middle: middles[item]!, weight: 1 } : { middle: sum / weight, weight };
}

/** The never falling values nearest to what is wished: isotonic regression by pooling adjacent violators. */
function rising(wishes: readonly Wish[]): number[] {
  const pools: { middle: number; weight: number; count: number }[] = [];
  for (const wish of wishes) {
    const pool = { middle: wish.middle, weight: wish.weight, count: 1 };
    for (let last = pools.at(-1); last && last.middle > pool.middle; last = pools.at(-1)) {
      pools.pop();
      const weight = last.weight + pool.weight;
      pool.middle = (last.middle * last.weight + pool.middle * pool.weight) / weight;
      pool.weight = weight;
      pool.count += last.count;
    }
    pools.push(pool);
  }
  const values: number[] = [];
  for (const { middle, count } of pools) {
    for (let n = 0; n < count; n++) values.push(middle);
  }
  return values;
}
