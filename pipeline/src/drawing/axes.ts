/** The two axes of a layout: along its connections, and across them. */
import type { Box, LayoutOptions, PlacedBox, Point } from './layout.js';

export interface Axes {
  /** Extents of a box. */
  along(box: Box): number;
  across(box: Box): number;
  /** Where a box begins, along. */
  start(box: PlacedBox): number;
  point(along: number, across: number): Point;
}

export function axesOf(direction: LayoutOptions['direction']): Axes {
  return direction === 'down'
    ? {
        along: ({ height }) => height,
        across: ({ width }) => width,
        start: ({ y }) => y,
        point: (along, across) => ({ x: across, y: along }),
      }
    : {
        along: ({ width }) => width,
        across: ({ height }) => height,
        start: ({ x }) => x,
        point: (along, across) => ({ x: along, y: across }),
      };
}
