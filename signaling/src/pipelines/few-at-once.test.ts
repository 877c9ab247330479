import { expect, it } from 'vitest';
import { FewAtOnce } from './few-at-once.js';

it('does so much at once, the rest in its order, and goes on after failures', async () => {
  const few = new FewAtOnce(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = [0, 1, 2, 3].map((n) =>
    few.run(async () => {
      begun.push(n);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (n === 0) throw new Error('failed');
      return n;
    }),
  );
  const settled = Promise.allSettled(all);
  expect(begun).toEqual([0, 1]);
  ends[0]!();
  await all[0]!.catch(() => {});
  expect(begun).toEqual([0, 1, 2]);
  ends[1]!();
  await all[1];
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[2]!();
  ends[3]!();
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', ...Array(3).fill('fulfilled')]);
});
