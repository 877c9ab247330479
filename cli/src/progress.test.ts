import { expect, it } from 'vitest';
import { createProgress } from './progress.js';

/** A terminal that remembers, and a clock that the test sets. */
function terminal(isTTY: boolean) {
  const written: string[] = [];
  const clock = { nowMs: 0 };
  const progress = createProgress({ isTTY, write: (text) => written.push(text) }, () => clock.nowMs);
  return { written, clock, progress };
}

it('stays silent where nobody watches, and where the work is done at once', () => {
  const pipe = terminal(false);
  pipe.clock.nowMs = 10_000;
  pipe.progress.update(5, 10);
  pipe.progress.end();
  const quick = terminal(true);
  quick.progress.update(5, 10);
  quick.progress.end();
  expect([...pipe.written, ...quick.written]).toEqual([]);
});

it('draws the share done and the speed, and wipes itself away', () => {
  const { written, clock, progress } = terminal(true);
  clock.nowMs = 1_000;
  progress.update(50, 100);
  expect(written[0]).toContain('50 %');
  expect(written[0]).toContain('50x real time');
  progress.end();
  expect(written.at(-1)).toBe('\r\x1b[K');
});

it('tells the time done where the end is unknown', () => {
  const { written, clock, progress } = terminal(true);
  clock.nowMs = 2_000;
  progress.update(30, null);
  expect(written[0]).toContain('30.0 s');
});
