import { describe, expect, it } from 'vitest';
import {
  EventChannel,
  FULL_BYTES,
  HIGH_WATER_BYTES,
  MAX_WAITING,
  type TextChannel,
} from './event-channel.js';
import type { SessionEvent } from './events.js';

class Channel implements TextChannel {
  readyState = 'open';
  bufferedAmount = 0;
  readonly sent: string[] = [];
  send(text: string): void {
    this.sent.push(text);
  }
  get sequence(): number[] {
    return this.sent.map((text) => (JSON.parse(text) as SessionEvent).seq);
  }
}

function event(seq: number, type = 'speech_started'): SessionEvent {
  return {
    type,
    seq,
    session_id: 'ses_1',
    node_id: null,
    media_time_samples: 0,
    sample_rate: 48_000,
    media_time_ms: 0,
    detected_at_ms: 0,
    detection_delay_ms: 0,
  };
}

describe('EventChannel', () => {
  it('delivers in order what came before the channel opened', () => {
    const events = new EventChannel();
    events.send(event(0));
    events.send(event(1));
    const channel = new Channel();
    events.attach(channel);
    events.send(event(2));
    expect(channel.sequence).toEqual([0, 1, 2]);
    expect(events.dropped).toBe(0);
  });

  it('keeps a bounded number waiting: measurements go first, then the oldest, and each is counted', () => {
    const events = new EventChannel();
    events.send(event(0));
    events.send(event(1, 'vad_probability'));
    for (let seq = 2; seq < MAX_WAITING + 2; seq++) events.send(event(seq));
    const channel = new Channel();
    events.attach(channel);
    expect(channel.sequence).toEqual(Array.from({ length: MAX_WAITING }, (_, i) => i + 2));
    expect(events.dropped).toBe(2);
  });

  it('drops measurements when the client reads slowly, and everything when it does not read at all', () => {
    const events = new EventChannel();
    const channel = new Channel();
    events.attach(channel);
    channel.bufferedAmount = HIGH_WATER_BYTES + 1;
    events.send(event(0, 'audio_level'));
    events.send(event(1));
    channel.bufferedAmount = FULL_BYTES + 1;
    events.send(event(2));
    channel.bufferedAmount = 0;
    events.send(event(3, 'audio_level'));
    expect(channel.sequence).toEqual([1, 3]);
    expect(events.dropped).toBe(2);
  });

  it('counts what a closed or refusing channel does not take', () => {
    const events = new EventChannel();
    const channel = new Channel();
    events.attach(channel);
    channel.send = () => {
      throw new Error('max-message-size exceeded');
    };
    events.send(event(0));
    channel.readyState = 'closing';
    events.send(event(1));
    expect(events.dropped).toBe(2);
  });

  it('counts nothing as dropped for a client without a data channel', () => {
    const events = new EventChannel();
    events.disable();
    for (let seq = 0; seq < 2 * MAX_WAITING; seq++) events.send(event(seq));
    expect(events.dropped).toBe(0);
  });

  it('waits again when its channel is gone, for another that the client may open', () => {
    const events = new EventChannel();
    const channel = new Channel();
    events.attach(channel);
    events.detach(channel);
    expect(events.attached).toBe(false);
    events.send(event(0));
    const next = new Channel();
    events.attach(next);
    expect(next.sequence).toEqual([0]);
  });
});
