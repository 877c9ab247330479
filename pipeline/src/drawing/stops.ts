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
  const degree = (box: number, side: 'from' | 'to') => lines.filter((line) => line[side] === box).length;
  const isTextFirst = lines.map(({ from, to }) => degree(from, 'from') <= degree(to, 'to'));
  const room = (layer: number, side: 'from' | 'to') => {
    const lengths = lines
      .filter(({ from, to }) => layerOf[to]! - layerOf[from]! === 1)
      .filter(
        (line) => isTextFirst[lines.indexOf(line)] === (side === 'from') && layerOf[line[side]] === layer,
      )
      .map(({ textLength }) => textLength);
    const longest = Math.max(0, ...lengths);
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
