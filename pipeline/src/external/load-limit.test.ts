import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withinLoadTime } from './load-limit.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('what hangs ends when its time is over, and meanwhile keeps nobody from loading', async () => {
  const hanging = Array.from({ length: 20 }, () => withinLoadTime(100, () => new Promise(() => {})));
  const told = Promise.allSettled(hanging);
  // A session whose modules are known must not wait for those of another pipeline.
  expect(await withinLoadTime(100, async () => 'loaded')).toBe('loaded');
  await vi.advanceTimersByTimeAsync(100);
  expect(new Set((await told).map(({ status }) => status))).toEqual(new Set(['rejected']));
});
