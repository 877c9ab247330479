/** A connection as the data of an SVG path. */
import type { Point } from './layout.js';

/** @param points of a `PlacedEdge`. */
export function pathOf(points: readonly Point[], direction: 'right' | 'down'): string {
  const [start, ...rest] = points;
  if (start === undefined) return '';
  const steps = rest.map((point, index) => {
    const from = points[index]!;
    // A last step of no length would turn the arrow's head anywhere.
    if (from.x === point.x && from.y === point.y) return '';
    const isStraight = index % 2 === 0 || (direction === 'down' ? from.x === point.x : from.y === point.y);
    if (isStraight) return `L${pair(point)}`;
    // Leaves and arrives in the direction of the layers, so that nothing but the gap between them is crossed.
    const half = direction === 'down' ? (from.y + point.y) / 2 : (from.x + point.x) / 2;
    const [a, b] =
      direction === 'down'
        ? [
            { x: from.x, y: half },
            { x: point.x, y: half },
          ]
        : [
            { x: half, y: from.y },
            { x: half, y: point.y },
          ];
    return `C${pair(a)} ${pair(b)} ${pair(point)}`;
  });
  return `M${pair(start)}${steps.join('')}`;
}

const pair = ({ x, y }: Point): string => `${tenths(x)} ${tenths(y)}`;

/** As precise as anybody sees. */
function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
