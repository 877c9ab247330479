import { describe, expect, it } from 'vitest';
import { MediaClock } from './media-clock.js';

describe('the media clock', () => {
  it('knows nothing before the first event', () => {
    expect(new MediaClock().mediaTimeMs(1000)).toBeUndefined();
  });

  it('follows the event that travelled fastest', () => {
    const clock = new MediaClock();
    clock.observe(1000, 5080);
    clock.observe(1100, 5110);
    clock.observe(1200, 5290);
    expect(clock.mediaTimeMs(5310)).toBeCloseTo(1300, 0);
    expect(clock.pageTimeMs(1300)).toBeCloseTo(5310, 0);
  });

  it('stops where the audio stopped, and goes on from there when it does', () => {
    const clock = new MediaClock();
    clock.observe(1000, 5000);
    const stopped = clock.mediaTimeMs(9000)!;
    expect(stopped).toBeLessThan(2000);
    expect(clock.mediaTimeMs(12_000)).toBe(stopped);
    clock.observe(1100, 12_100);
    expect(clock.mediaTimeMs(12_150)).toBeCloseTo(1150, 0);
  });
});
