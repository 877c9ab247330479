/** Interpreters are scripts of the test: what is started, asked and killed. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NodeFailure } from '../external/external-node.js';
import { Describer } from './describer.js';
import type { InterpreterEvents } from './interpreter.js';
import { type Answer, decodeRequest, encodeAnswer } from './message.js';

const IDLE_MS = 300;
const never = new AbortController().signal;

/** Each says which interpreter answers, unless a script has something else in mind; `undefined` is silence. */
class Interpreters {
  readonly alive = new Set<number>();
  readonly events: InterpreterEvents[] = [];
  script: (interpreter: number, module: string) => Answer | undefined = (value) => ({ is: 'value', value });

  readonly start = (events: InterpreterEvents) => {
    const number = this.events.push(events);
    this.alive.add(number);
    return {
      post: (message: Uint8Array<ArrayBuffer>) => {
        const { name } = decodeRequest<{ name: string }>(message) as { name: string };
        const answer = this.script(number, name);
        if (answer) events.answer(encodeAnswer(answer));
      },
      kill: () => void this.alive.delete(number),
    };
  };
}

let interpreters: Interpreters;
let describer: Describer;
const describe = (name = 'module', signal = never) => describer.describe({ name }, signal);
beforeEach(() => {
  vi.useFakeTimers();
  interpreters = new Interpreters();
  describer = new Describer(interpreters.start, { idleMs: IDLE_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

const broken: Answer = {
  is: 'failure',
  failure: new NodeFailure('permanent', 'import_failed', 'broken'),
  traceback: 'line 1',
  fatal: false,
};

it('modules that are described one after the other share an interpreter, which ends when no more come', async () => {
  expect([await describe(), await describe(), await describe()]).toEqual([1, 1, 1]);
  vi.advanceTimersByTime(IDLE_MS - 1);
  expect(await describe()).toBe(1);
  vi.advanceTimersByTime(IDLE_MS);
  expect(interpreters.alive.size).toBe(0);
  expect(await describe()).toBe(2);
});

it('without a time to wait, each module has an interpreter of its own', async () => {
  describer = new Describer(interpreters.start);
  expect([await describe(), await describe()]).toEqual([1, 2]);
  expect(interpreters.alive.size).toBe(0);
});

it('modules that are described at the same time share it, too', async () => {
  expect(await Promise.all([describe(), describe(), describe()])).toEqual([1, 1, 1]);
});

it('one that hangs keeps the others waiting for its turn, and goes on beside them', async () => {
  interpreters.script = (value, module) => (module === 'hanging' ? undefined : { is: 'value', value });
  const over = new AbortController();
  const hanging = describe('hanging', over.signal);
  const others = Promise.all([describe(), describe()]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(await others).toEqual([2, 2]);
  expect(interpreters.alive).toContain(1);
  over.abort();
  await expect(hanging).rejects.toMatchObject({ code: 'node_timeout' });
  expect(interpreters.alive).not.toContain(1);
});

it('one that is given up before its turn has come starts nothing', async () => {
  interpreters.script = (value, module) => (module === 'hanging' ? undefined : { is: 'value', value });
  const over = new AbortController();
  const both = [describe('hanging', over.signal), describe('module', over.signal)];
  await vi.advanceTimersByTimeAsync(0);
  over.abort();
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(interpreters.events).toHaveLength(1);
});

it('a module that fails takes its interpreter along, and is told what a new one says', async () => {
  interpreters.script = (value, module) => (module === 'broken' ? broken : { is: 'value', value });
  await describe();
  await expect(describe('broken')).rejects.toMatchObject({ code: 'import_failed' });
  expect(interpreters.events).toHaveLength(2);
  expect(interpreters.alive.size).toBe(0);
  expect(await describe()).toBe(3);
});

it('what an earlier module has left behind harms no other: broken, dead or hanging', async () => {
  for (const left of [broken, 'death', undefined] as const) {
    interpreters = new Interpreters();
    describer = new Describer(interpreters.start, { idleMs: IDLE_MS });
    await describe();
    interpreters.script = (value) => {
      if (value > 1) return { is: 'value', value };
      if (left !== 'death') return left;
      interpreters.events[0]?.ended(new NodeFailure('transient', 'node_died', 'gone'));
      return undefined;
    };
    const described = describe();
    await vi.advanceTimersByTimeAsync(3000);
    expect(await described).toBe(2);
    expect(interpreters.alive).not.toContain(1);
  }
});

it('one that has died while it waited is asked nothing', async () => {
  await describe();
  interpreters.events[0]?.ended(new NodeFailure('transient', 'node_died', 'gone'));
  expect(await describe()).toBe(2);
});

it('one that is given up is killed, in a used interpreter as in a new one', async () => {
  await describe();
  interpreters.script = () => undefined;
  for (const _ of ['used', 'new']) {
    const over = new AbortController();
    const described = describe('hanging', over.signal);
    await vi.advanceTimersByTimeAsync(0);
    over.abort();
    await expect(described).rejects.toMatchObject({ code: 'node_timeout' });
    expect(interpreters.alive.size).toBe(0);
  }
  expect(interpreters.events).toHaveLength(2);
});
