/** A node whose interpreter is a script of the test: what is started, asked and killed. */
import { expect, it } from 'vitest';
import type { NodeContext } from '../external/external-node.js';
import { GuestNode } from './guest-node.js';
import type { InterpreterEvents } from './interpreter.js';
import { type Answer, decodeRequest, encodeAnswer } from './message.js';

/** What is done with each request. */
type Script = (op: string, answer: (answer: Answer) => void) => void;

class Interpreters {
  readonly asked: string[] = [];
  started = 0;
  killed = 0;

  constructor(private readonly script: Script) {}

  readonly start = (events: InterpreterEvents) => {
    this.started++;
    let isAlive = true;
    return {
      post: (message: Uint8Array<ArrayBuffer>) => {
        const { op } = decodeRequest(message);
        this.asked.push(op);
        this.script(op, (answer) => isAlive && events.answer(encodeAnswer(answer)));
      },
      kill: () => {
        if (isAlive) this.killed++;
        isAlive = false;
      },
    };
  };
}

const context: NodeContext = { nodeId: 'n', params: {}, signal: new AbortController().signal };
const value = { kind: 'value', value: 1 } as const;
const ITEM: Answer = { is: 'item', last: true, item: value };
const obedient: Script = (op, answer) => answer(op === 'process' ? ITEM : { is: 'done' });

it('one that is closed while its module is read starts nothing', async () => {
  const interpreters = new Interpreters(obedient);
  let read!: (fields: object) => void;
  const module = () => new Promise<object>((resolve) => (read = resolve));
  const node = new GuestNode({ startMs: 0, start: interpreters.start, module, which: {} });
  const call = node.process(value, context);
  await node.close();
  read({});
  await expect(call).rejects.toMatchObject({ errorClass: 'permanent', code: 'node_closed' });
  expect(interpreters.started).toBe(0);
});

it('one that answers without being asked is ended before its answers fill the memory', async () => {
  const flooding: Script = (op, answer) => {
    obedient(op, answer);
    const flood = () => {
      for (let n = 0; n < 1000; n++) answer(ITEM);
    };
    if (op === 'process') queueMicrotask(flood);
  };
  const interpreters = new Interpreters(flooding);
  const node = new GuestNode({ startMs: 0, start: interpreters.start, module: () => ({}), which: {} });
  await node.process(value, context);
  expect(interpreters.killed).toBe(1);
  await expect(node.process(value, context)).rejects.toMatchObject({
    errorClass: 'internal',
    code: 'protocol_broken',
  });
  // Told once, it is started anew.
  await node.process(value, context);
  expect(interpreters.started).toBe(2);
  await node.close();
});

it('one that is closed is asked to free what it holds, and killed', async () => {
  const interpreters = new Interpreters(obedient);
  const node = new GuestNode({ startMs: 0, start: interpreters.start, module: () => ({}), which: {} });
  await node.process(value, context);
  await node.close();
  await node.close();
  expect(interpreters.asked).toEqual(['create', 'process', 'close']);
  expect(interpreters.killed).toBe(1);
});
