/** How far apart layers stand: the farther across a connection leads, the more room it has to bend. */
import type { Item } from './placement.js';

/** How far across a connection may lead before the gap that it crosses grows with it, in pixels, and how many times at most. */
const STEEP = 150;
const MAX_STRETCH = 2.5;

/**
 * @param middles of all items, across.
 * @param bend the least, in pixels.
 * @returns the room between each layer and the next.
 */
export function bendsOf(
  layers: readonly (readonly number[])[],
  items: readonly Item[],
  middles: readonly number[],
  bend: number,
): number[] {
  return layers.slice(0, -1).map((layer) => {
    const farthest = layer
      .flatMap((item) => items[item]!.after.map((next) => Math.abs(middles[next]! - middles[item]!)))
      .reduce((a, b) => Math.max(a, b), 0);
    return Math.round(bend * Math.min(MAX_STRETCH, Math.max(1, farthest / STEEP)));
  });
}
