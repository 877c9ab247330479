/** What layers are made of: boxes, and a passage in every layer through which a connection leads. */
import { type Link, mainWay } from './layers.js';
import type { Item } from './placement.js';

/** Of a passage, across, in pixels. */
const LANE = 6;

export interface Items {
  /** The boxes first, in their order. */
  readonly all: readonly Item[];
  readonly layers: readonly (readonly number[])[];
  /** Of every link: its beginning, its passages, its end. */
  readonly chains: readonly (readonly number[])[];
}

/** @param extents of the boxes, across, in pixels. */
export function itemsOf(
  extents: readonly number[],
  layerOf: readonly number[],
  links: readonly Link[],
): Items {
  const main = new Set(mainWay(extents.length - 1, layerOf, links));
  const all = extents.map((extent, box) => ({
    extent,
    isMain: main.has(box),
    isPassage: false,
    before: [] as number[],
    after: [] as number[],
  }));
  const layers = Array.from({ length: Math.max(-1, ...layerOf) + 1 }, (): number[] => []);
  // Where nothing speaks for another order, all that branches off is on one side of the straight way.
  for (const isMain of [true, false]) {
    layerOf.forEach((layer, box) => {
      if (main.has(box) === isMain) layers[layer]!.push(box);
    });
  }
  const chains = links.map(({ from, to }) => {
    const passages: number[] = [];
    for (let layer = layerOf[from]! + 1; layer < layerOf[to]!; layer++) {
      layers[layer]!.push(all.length);
      passages.push(all.length);
      all.push({ extent: LANE, isMain: false, isPassage: true, before: [], after: [] });
    }
    const chain = [from, ...passages, to];
    for (const [index, item] of chain.slice(1).entries()) {
      all[chain[index]!]!.after.push(item);
      all[item]!.before.push(chain[index]!);
    }
    return chain;
  });
  return { all, layers, chains };
}
