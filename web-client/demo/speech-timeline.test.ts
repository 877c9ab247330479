import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../src/index.js';
import { SpeechTimeline } from './speech-timeline.js';

const event = (type: string, timeMs: number, fields: object = {}) =>
  ({ type, media_time_ms: timeMs, detected_at_ms: timeMs, ...fields }) as SessionEvent;

describe('the timeline of speech', () => {
  it('opens a region at the start and closes it at the last sample of speech', () => {
    const timeline = new SpeechTimeline(20_000);
    timeline.add(event('speech_started', 1000));
    expect(timeline.speaking).toBe(true);
    timeline.add(event('speech_stopped', 2500));
    expect(timeline.speaking).toBe(false);
    expect(timeline.regions).toEqual([{ startMs: 1000, endMs: 2500 }]);
  });

  it('takes a region back that turned out too short to be speech', () => {
    const timeline = new SpeechTimeline(20_000);
    timeline.add(event('speech_started', 1000));
    timeline.add(event('speech_misfire', 1100));
    expect(timeline.regions).toEqual([]);
    timeline.add(event('speech_misfire', 1200));
    timeline.add(event('speech_stopped', 1300));
    expect(timeline.regions).toEqual([]);
  });

  it('stays small through an hour of speech', () => {
    const timeline = new SpeechTimeline(20_000);
    for (let timeMs = 0; timeMs < 3_600_000; timeMs += 32) {
      timeline.add(event('vad_probability', timeMs, { probability: 0.5 }));
      if (timeMs % 3200 === 0) timeline.add(event('speech_started', timeMs));
      if (timeMs % 3200 === 1600) timeline.add(event('speech_stopped', timeMs));
    }
    expect(timeline.timesMs.length).toBe(timeline.probabilities.length);
    expect(timeline.timesMs.length).toBeLessThan(1000);
    expect(timeline.regions.length).toBeLessThan(10);
  });

  it('keeps an open region however long it is', () => {
    const timeline = new SpeechTimeline(20_000);
    timeline.add(event('speech_started', 0));
    timeline.add(event('vad_probability', 60_000, { probability: 1 }));
    expect(timeline.regions).toEqual([{ startMs: 0, endMs: undefined }]);
  });
});
