import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, type Edge, type LayoutOptions, layOut, type PlacedBox, type Point } from './layout.js';

const OPTIONS: LayoutOptions = { direction: 'right', bend: 30, gap: 20 };

const graph = (ids: string, ...pairs: string[]): [Box[], Edge[]] => [
  [...ids].map((id) => ({ id, width: 100, height: 50 })),
  pairs.map((pair) => ({ from: pair[0]!, to: pair[1]! })),
];

const lay = (ids: string, ...pairs: string[]) => {
  const layout = layOut(...graph(ids, ...pairs), OPTIONS);
  return { ...layout, at: (id: string) => layout.boxes.find((box) => box.id === id)! };
};

/** Whether a line between two points is inside a box somewhere; bends never leave the rectangle of their ends. */
function touches(box: PlacedBox, a: Point, b: Point): boolean {
  return (
    Math.max(a.x, b.x) > box.x &&
    Math.min(a.x, b.x) < box.x + box.width &&
    Math.max(a.y, b.y) > box.y &&
    Math.min(a.y, b.y) < box.y + box.height
  );
}

/** Graphs without cycles of up to 64 boxes of different sizes, not given in the order of their connections. */
const graphs = fc
  .array(fc.record({ width: fc.integer({ min: 20, max: 200 }), height: fc.integer({ min: 20, max: 90 }) }), {
    minLength: 1,
    maxLength: 64,
  })
  .chain((sizes) => {
    const number = fc.integer({ min: 0, max: sizes.length - 1 });
    const pairs = fc.array(fc.tuple(number, number, fc.constantFrom(0, 40)), { maxLength: 130 });
    const rotation = number;
    return fc.tuple(fc.constant(sizes), pairs, rotation, fc.constantFrom('right', 'down'));
  })
  .map(([sizes, pairs, rotation, direction]) => {
    const named = (index: number) => `${(index + rotation) % sizes.length}`;
    return {
      boxes: sizes.map((size, index): Box => ({ id: `${index}`, ...size })),
      edges: pairs
        .filter(([a, b]) => a !== b)
        .map(
          ([a, b, labelLength]): Edge => ({
            from: named(Math.min(a, b)),
            to: named(Math.max(a, b)),
            labelLength,
          }),
        ),
      options: { direction, bend: 30, gap: 20 } as LayoutOptions,
    };
  });

describe('a layout', () => {
  it('puts a chain on one straight line, in the order of its connections', () => {
    const { boxes, edges, at } = lay('cab', 'ab', 'bc');
    expect(new Set(boxes.map(({ y }) => y)).size).toBe(1);
    expect(at('a').x).toBeLessThan(at('b').x);
    expect(at('b').x).toBeLessThan(at('c').x);
    for (const { points } of edges) expect(new Set(points.map(({ y }) => y)).size).toBe(1);
  });

  it('keeps the way to the last box straight and puts what listens at its side', () => {
    const { at } = lay('abvco', 'ab', 'bc', 'av', 'co');
    expect(new Set(['a', 'b', 'c', 'o'].map((id) => at(id).y)).size).toBe(1);
    expect(at('v').y).not.toBe(at('b').y);
    expect(at('v').x).toBe(at('b').x);
  });

  it('crosses no connections that need not cross', () => {
    const { at } = lay('abcdef', 'ae', 'bd', 'cf');
    const order = (ids: string) => [...ids].sort((a, b) => at(a).y - at(b).y).join('');
    expect(order('abc').replace('a', 'e').replace('b', 'd').replace('c', 'f')).toBe(order('def'));
  });

  it('leads a long connection past the boxes between, and bends it once on each side at most', () => {
    const { edges, at } = lay('abcd', 'ab', 'bc', 'cd', 'ad');
    const { points } = edges[3]!;
    const [lane, ...rest] = new Set(points.slice(2, -2).map(({ y }) => y));
    expect(rest).toEqual([]);
    expect(lane! < at('b').y || lane! > at('b').y + 50).toBe(true);
  });

  it('stands a box that nothing leads to before the one that it leads to', () => {
    const { at } = lay('abcsz', 'ab', 'bc', 'sc', 'cz');
    expect(at('s').x).toBe(at('b').x);
  });

  it('draws a single box, and nothing at all', () => {
    expect(lay('a')).toMatchObject({ width: 100, height: 50, edges: [] });
    expect(layOut([], [], OPTIONS)).toEqual({ width: 0, height: 0, boxes: [], edges: [] });
  });

  it('turns the same picture by its direction', () => {
    const [boxes, edges] = graph('abvco', 'ab', 'bc', 'av', 'co');
    const square = boxes.map((box) => ({ ...box, height: 100 }));
    const right = layOut(square, edges, OPTIONS);
    const down = layOut(square, edges, { ...OPTIONS, direction: 'down' });
    expect(down.boxes.map(({ x, y }) => [y, x])).toEqual(right.boxes.map(({ x, y }) => [x, y]));
    expect([down.height, down.width]).toEqual([right.width, right.height]);
  });

  it('refuses a connection to a box that is not there', () => {
    expect(() => lay('ab', 'ac')).toThrow(new RangeError('an edge names "c", which is not there'));
  });

  it('of any graph leaves boxes apart, leads connections from box to box through none, and keeps within its size', () => {
    fc.assert(
      fc.property(graphs, ({ boxes, edges, options }) => {
        const layout = layOut(boxes, edges, options);
        expect(layOut(boxes, edges, options)).toEqual(layout);
        for (const [index, box] of layout.boxes.entries()) {
          expect(box).toMatchObject(boxes[index]!);
          expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width).toBeLessThanOrEqual(layout.width);
          expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
          const corner = { x: box.x + box.width, y: box.y + box.height };
          for (const other of layout.boxes.slice(0, index)) expect(touches(other, box, corner)).toBe(false);
        }
        const at = (id: string) => layout.boxes.find((box) => box.id === id)!;
        for (const { from, to, points } of layout.edges) {
          for (const [index, point] of points.slice(1).entries()) {
            for (const box of layout.boxes) expect(touches(box, points[index]!, point)).toBe(false);
          }
          expect(isOnSide(at(from), points[0]!) && isOnSide(at(to), points.at(-1)!)).toBe(true);
        }
      }),
      { numRuns: 150, seed: 20_261_125 },
    );
  }, 60_000);
});

function isOnSide({ x, y, width, height }: PlacedBox, point: Point): boolean {
  const isWithin = point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
  return isWithin && (point.x === x || point.x === x + width || point.y === y || point.y === y + height);
}
