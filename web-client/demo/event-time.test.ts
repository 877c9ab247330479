import { expect, it } from 'vitest';
import type { SessionEvent } from '../src/index.js';
import { timeOf } from './event-time.js';

const event = (type: string, media_time_ms: number, detection_delay_ms: number, rest = {}) =>
  ({ type, media_time_ms, detection_delay_ms, ...rest }) as SessionEvent;

it('lists an utterance at its end, after the speech that stopped there, and says where it began', () => {
  const stopped = timeOf(event('speech_stopped', 3_800, 580));
  const utterance = timeOf(event('utterance', 400, 3_980, { duration_ms: 3_400 }));
  expect(stopped).toEqual({ atMs: 3_800, delayMs: 580 });
  expect(utterance).toEqual({ atMs: 3_800, fromMs: 400, delayMs: 580 });
});

it('lists what happens at one moment there', () => {
  expect(timeOf(event('speech_started', 700, 260))).toEqual({ atMs: 700, delayMs: 260 });
});
