import { expect, it } from 'vitest';
import { findIn } from './correlation.js';

/** Seeded noise, so that nothing matches by chance. */
function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x4000_0000 - 1;
  });
}

it('finds a piece at its place whatever its gain, and finds nothing where there is nothing', () => {
  const haystack = noise(5_000, 1);
  const piece = haystack.slice(1_234, 2_234).map((sample) => sample * 0.1);
  const { correlation, offset } = findIn(haystack, piece);
  expect(offset).toBe(1_234);
  expect(correlation).toBeCloseTo(1, 5);
  expect(findIn(haystack, noise(1_000, 99)).correlation).toBeLessThan(0.2);
});
