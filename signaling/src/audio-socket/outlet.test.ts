import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outlet, SlowClient } from './outlet.js';

class Socket {
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: unknown[] = [];
  taken: () => void = () => {};

  send(data: unknown, done?: () => void): void {
    this.sent.push(data);
    if (done) this.taken = done;
  }
}

let socket: Socket;
let outlet: Outlet;
beforeEach(() => {
  vi.useFakeTimers();
  socket = new Socket();
  outlet = new Outlet(socket, { limitBytes: 100, patienceMs: 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the way out of an audio socket', () => {
  it('is open while little is unsent', async () => {
    await outlet.send('one');
    expect(socket.sent).toEqual(['one']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('makes the sender wait while much is unsent, until the client takes it', async () => {
    socket.bufferedAmount = 50;
    const sending = outlet.send('two');
    await vi.advanceTimersByTimeAsync(600);
    // Slow, but not dead.
    socket.bufferedAmount = 40;
    await vi.advanceTimersByTimeAsync(800);
    socket.bufferedAmount = 30;
    await vi.advanceTimersByTimeAsync(400);
    socket.taken();
    await sending;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives up on a client that takes nothing', async () => {
    socket.bufferedAmount = 50;
    const refused = expect(outlet.send('three')).rejects.toBeInstanceOf(SlowClient);
    await vi.advanceTimersByTimeAsync(1000);
    await refused;
  });

  it('leads nowhere once the socket is closed', async () => {
    socket.readyState = 3;
    await outlet.send('four');
    expect(socket.sent).toEqual([]);
  });
});
