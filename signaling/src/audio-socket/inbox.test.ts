import { describe, expect, it } from 'vitest';
import { Inbox } from './inbox.js';

const socket = () => ({
  isPaused: false,
  pause() {
    this.isPaused = true;
  },
  resume() {
    this.isPaused = false;
  },
});
const settle = () => new Promise(setImmediate);

describe('the inbox of an audio socket', () => {
  it('works off one message at a time, in order, and stops reading the socket while too many wait', async () => {
    const at = socket();
    const done: number[] = [];
    let letOneThrough = () => {};
    const inbox = new Inbox<number>(
      at,
      (message) =>
        new Promise((resolve) => {
          letOneThrough = () => {
            done.push(message);
            resolve();
          };
        }),
      () => {},
    );
    for (let message = 0; message < 9; message++) inbox.put(message);
    expect(at.isPaused).toBe(true);
    for (let message = 0; message < 9; message++) {
      letOneThrough();
      await settle();
    }
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(at.isPaused).toBe(false);
  });

  it('tells of a failure once, and forgets the rest', async () => {
    const at = socket();
    const failures: unknown[] = [];
    const inbox = new Inbox<number>(
      at,
      async (message) => {
        throw new Error(`${message}`);
      },
      (error) => failures.push(error),
    );
    for (let message = 0; message < 20; message++) inbox.put(message);
    await settle();
    inbox.put(20);
    await settle();
    expect(failures).toEqual([new Error('0')]);
    expect(at.isPaused).toBe(false);
  });
});
