import { describe, expect, it } from 'vitest';
import { ReplayBuffer } from './replay-buffer.js';

const entry = (id: number, text = `${id}`) => ({ id, text });

/** Whether a promise is settled once all that can happen has happened. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await new Promise(setImmediate);
  return done;
}

describe('the buffer of a stream', () => {
  it('gives entries in order and says when there is none yet', async () => {
    const buffer = new ReplayBuffer({ items: 10, bytes: 100 });
    expect(buffer.next(-1)).toBeUndefined();
    await buffer.put(entry(0));
    await buffer.put(entry(1));
    expect([buffer.next(-1), buffer.next(0), buffer.next(1)]).toEqual([entry(0), entry(1), undefined]);
    buffer.end();
    expect(buffer.next(1)).toBeNull();
    expect(buffer.isExhausted).toBe(true);
  });

  it('lets the writer wait while everything in it is unread', async () => {
    const buffer = new ReplayBuffer({ items: 2, bytes: 100 });
    await buffer.put(entry(0));
    await buffer.put(entry(1));
    const third = buffer.put(entry(2));
    expect(await isDone(third)).toBe(false);
    buffer.next(-1);
    expect(await isDone(third)).toBe(true);
    expect(buffer.next(1)).toEqual(entry(2));
  });

  it('is bounded in bytes too, but always takes one entry', async () => {
    const buffer = new ReplayBuffer({ items: 10, bytes: 4 });
    await buffer.put(entry(0, 'longer than all'));
    const second = buffer.put(entry(1));
    expect(await isDone(second)).toBe(false);
    buffer.next(-1);
    expect(await isDone(second)).toBe(true);
  });

  it('keeps what was read for a reader that comes again, as long as there is room', async () => {
    const buffer = new ReplayBuffer({ items: 3, bytes: 100 });
    for (const id of [0, 1, 2]) {
      await buffer.put(entry(id));
      buffer.next(id - 1);
    }
    expect(buffer.next(0)).toEqual(entry(1));
    expect(buffer.lostAfter(0)).toBe(0);
    await buffer.put(entry(3));
    await buffer.put(entry(4));
    expect(buffer.lostAfter(0)).toBe(1);
    expect(buffer.next(0)).toEqual(entry(2));
    expect(buffer.lastRead).toBe(2);
  });

  it('frees a writer that waits when it ends', async () => {
    const buffer = new ReplayBuffer({ items: 1, bytes: 100 });
    await buffer.put(entry(0));
    const second = buffer.put(entry(1));
    buffer.end();
    await second;
    expect([buffer.next(-1), buffer.next(0)]).toEqual([entry(0), null]);
  });
});
