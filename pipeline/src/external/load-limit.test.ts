import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withinLoadTime } from './load-limit.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a few load at once, and the time of each begins when its turn comes', async () => {
  let loading = 0;
  let most = 0;
  const load = async () => {
    loading += 1;
    most = Math.max(most, loading);
    await new Promise((resolve) => setTimeout(resolve, 80));
    loading -= 1;
  };
  const all = Promise.allSettled(Array.from({ length: 10 }, () => withinLoadTime(100, load)));
  await vi.advanceTimersByTimeAsync(400);
  expect((await all).map(({ status }) => status)).toEqual(Array(10).fill('fulfilled'));
  expect(most).toBe(2);
});

it('what hangs gives its place to the next when its time is over', async () => {
  const hanging = Array.from({ length: 2 }, () => withinLoadTime(100, () => new Promise(() => {})));
  const told = Promise.allSettled(hanging);
  const next = withinLoadTime(100, async () => 'loaded');
  await vi.advanceTimersByTimeAsync(100);
  expect((await told).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await next).toBe('loaded');
});
