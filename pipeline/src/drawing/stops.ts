/** Coordinates along the connections: where layers begin and end, and the room for texts between them. */
import type { Link } from './layers.js';

/** Between a text and what is before and after it, along, in pixels. */
export const TEXT_MARGIN = 8;

/** A layer with what is straight around it; bends are between the exit of one and the entry of the next. */
export interface Stop {
  readonly entry: number;
  /** Of its boxes. */
  readonly start: number;
  readonly extent: number;
  readonly exit: number;
}

interface Line extends Link {
  /** 0: it has none. */
  readonly textLength: number;
}

export interface Stops {
  readonly stops: readonly Stop[];
  /** By line: whether its text is at its beginning. It stands where fewer lines meet; that of a long one in the first layer passed. */
  readonly isTextFirst: readonly boolean[];
}

/**
 * @param extents of the boxes, along, in pixels.
 * @param bends between each layer and the next, in pixels.
 */
export function stopsOf(
  extents: readonly number[],
  layerOf: readonly number[],
  lines: readonly Line[],
  bends: readonly number[],
): Stops {
  const leaving = countBy(lines.map(({ from }) => from));
  const arriving = countBy(lines.map(({ to }) => to));
  const isTextFirst = lines.map(({ from, to }) => leaving.get(from)! <= arriving.get(to)!);
  const short = lines
    .map((line, index) => ({ ...line, side: isTextFirst[index] ? ('from' as const) : ('to' as const) }))
    .filter(({ from, to }) => layerOf[to]! - layerOf[from]! === 1);
  const room = (layer: number, side: 'from' | 'to') => {
    const own = short.filter((line) => line.side === side && layerOf[line[side]] === layer);
    const longest = Math.max(0, ...own.map(({ textLength }) => textLength));
    return longest === 0 ? 0 : longest + 2 * TEXT_MARGIN;
  };
  let end = 0;
  const stops = Array.from({ length: Math.max(-1, ...layerOf) + 1 }, (_, layer): Stop => {
    const entry = layer === 0 ? 0 : end + bends[layer - 1]!;
    const start = entry + room(layer, 'to');
    const extent = Math.max(...extents.filter((_, box) => layerOf[box] === layer), 0);
    end = start + extent + room(layer, 'from');
    return { entry, start, extent, exit: end };
  });
  return { stops, isTextFirst };
}

function countBy(boxes: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const box of boxes) counts.set(box, (counts.get(box) ?? 0) + 1);
  return counts;
}
