import { expect, it } from 'vitest';
import { ReplayWindow, rolloverCounter } from './replay-window.js';

it.each([0, 1, 32_767, 32_768, 65_534, 65_535, 7 * 65_536 + 65_530, 2 ** 33])(
  'follows the sequence number over every wrap, from %i',
  (start) => {
    const window = new ReplayWindow(start);
    for (let index = start + 1; index < start + 70_000; index++) {
      if (window.indexOf(index % 65_536) !== index || window.check(index) !== undefined)
        expect.unreachable(`index ${index}`);
      window.accept(index);
    }
    expect(rolloverCounter(start + 69_999)).toBe(Math.floor((start + 69_999) / 65_536));
  },
);

it('takes each packet of the window once, in any order', () => {
  const window = new ReplayWindow(1000);
  window.accept(1127);
  for (let index = 1126; index > 1000; index--) {
    expect(window.check(index)).toBeUndefined();
    window.accept(index);
    expect(window.check(index)).toBe('srtp_replayed');
  }
  expect(window.check(1000)).toBe('srtp_replayed');
  expect(window.check(999)).toBe('srtp_too_old');
  window.accept(5000);
  expect(window.check(5000 - 127)).toBeUndefined();
  expect(window.check(5000 - 128)).toBe('srtp_too_old');
});

it('knows no index before the first and none past the last', () => {
  expect(new ReplayWindow(0).indexOf(65_535)).toBeUndefined();
  expect(new ReplayWindow(2 ** 48 - 1).indexOf(0)).toBeUndefined();
});
