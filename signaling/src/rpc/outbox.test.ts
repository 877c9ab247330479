import { describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../protocol/index.js';
import { Outbox } from './outbox.js';
import { TokenBucket } from './token-bucket.js';

class SlowSocket {
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  closedWith: number | undefined;
  send(text: string) {
    this.sent.push(text);
  }
  close(code: number) {
    this.closedWith = code;
    this.readyState = 2;
  }
}

const level = { type: 'audio_level' } as GatewayEvent;
const speech = { type: 'speech_started' } as GatewayEvent;

describe('the outbox', () => {
  it('drops levels and probabilities at half the limit, and nothing else', () => {
    const socket = new SlowSocket();
    const outbox = new Outbox(socket, 1000);
    outbox.notify('session.event', level);
    socket.bufferedAmount = 500;
    outbox.notify('session.event', level);
    outbox.notify('session.event', speech);
    expect(socket.sent.map((text) => JSON.parse(text).params.type)).toEqual([
      'audio_level',
      'speech_started',
    ]);
    expect(outbox.dropped).toBe(1);
    expect(socket.closedWith).toBeUndefined();
  });

  it('closes with 4010 at the limit, once, and sends no more', () => {
    const socket = new SlowSocket();
    const outbox = new Outbox(socket, 1000);
    socket.bufferedAmount = 1000;
    outbox.notify('session.event', speech);
    outbox.send('{}');
    expect(socket.closedWith).toBe(4010);
    expect(socket.sent).toEqual([]);
  });
});

describe('the token bucket', () => {
  it('lets a minute’s worth pass at once, refuses more, and refills evenly', () => {
    const bucket = new TokenBucket(60, 0);
    for (let i = 0; i < 60; i += 1) expect(bucket.take(1, 0)).toBe('pass');
    expect(bucket.take(1, 0)).toBe('refuse');
    expect(bucket.take(1, 2000)).toBe('pass');
    expect(bucket.take(1, 2000)).toBe('refuse');
  });

  it('cuts off whoever owes a minute’s worth', () => {
    const bucket = new TokenBucket(2, 0);
    expect(bucket.take(2, 0)).toBe('pass');
    expect(bucket.take(1, 0)).toBe('refuse');
    expect(bucket.take(1, 0)).toBe('cut_off');
  });

  it('survives a clock that goes back', () => {
    const bucket = new TokenBucket(2, 60_000);
    expect(bucket.take(2, 0)).toBe('pass');
    expect(bucket.take(1, 0)).toBe('refuse');
  });
});
