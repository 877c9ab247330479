import { expect, it } from 'vitest';
import { ordered } from './order.js';

/** Pairs of items, each connected with both of a pair in the next layer, so that some connections always cross. */
function pairs(size: number) {
  let asked = 0;
  const layers = [0, 1].map((layer) => Array.from({ length: size }, (_, index) => layer * size + index));
  const items = layers.flatMap((layer, side) =>
    layer.map((_, index) => {
      const others = layers[1 - side]!.slice(index & ~1, (index | 1) + 1);
      const when = (isThere: boolean) => {
        asked += 1;
        return isThere ? others : [];
      };
      return {
        get before() {
          return when(side === 1);
        },
        get after() {
          return when(side === 0);
        },
      };
    }),
  );
  return { layers, items, askedPerItem: () => asked / items.length };
}

it('goes over a graph of thousands of items less often than over a small one', () => {
  const small = pairs(10);
  const large = pairs(20_000);
  ordered(small.layers, small.items);
  ordered(large.layers, large.items);
  expect(large.askedPerItem()).toBeLessThan(small.askedPerItem() / 4);
});
