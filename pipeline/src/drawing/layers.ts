/** Which layer each box belongs to: one after everything that leads to it. */

/** A connection by the numbers of its boxes. */
export interface Link {
  readonly from: number;
  readonly to: number;
}

/**
 * Layers by longest path, from 0; a box that nothing leads to stands directly before the first that it leads to.
 * @param links without cycles.
 */
export function layersOf(boxes: number, links: readonly Link[]): number[] {
  const layers = new Array<number>(boxes).fill(0);
  const push = () =>
    links.filter(({ from, to }) => {
      const isTooEarly = layers[to]! <= layers[from]!;
      if (isTooEarly) layers[to] = layers[from]! + 1;
      return isTooEarly;
    }).length > 0;
  // Every round settles one layer more; as many as boxes are enough.
  for (let round = 0; round < boxes && push(); round++);
  for (let box = 0; box < boxes; box++) {
    const next = links.filter(({ from }) => from === box).map(({ to }) => layers[to]!);
    if (next.length > 0 && links.every(({ to }) => to !== box)) layers[box] = Math.min(...next) - 1;
  }
  return layers;
}

/**
 * The way to be drawn straight: from `end` back to a beginning, one box of every layer, the first connection where several lead on.
 * It is a longest one, so that nothing else needs to make room for it.
 */
export function mainWay(end: number, layers: readonly number[], links: readonly Link[]): number[] {
  const before = links.find(({ from, to }) => to === end && layers[from] === layers[end]! - 1);
  return before === undefined ? [end] : [...mainWay(before.from, layers, links), end];
}
