import type { ExternalMention } from '@remotemedia/native-dsp';
import { expect, it } from 'vitest';
import { NodeFailure } from '../external/external-node.js';
import { packagedModules } from './host.js';
import type { Platform } from './platform.js';

const MENTION = { module: './a.mjs', executor: 'worker' } as ExternalMention;
const OVER = new NodeFailure('timeout', 'node_timeout', 'its time is over');

/** A host of one module, and the questions that it was asked. */
function hostOfOne() {
  const questions: { answer(specs: []): void; fail(reason: Error): void }[] = [];
  const describe = (_text: string, signal: AbortSignal) =>
    new Promise<[]>((answer, fail) => {
      questions.push({ answer, fail });
      signal.addEventListener('abort', () => fail(signal.reason));
    });
  const platform = { threads: { describe } } as unknown as Platform;
  const host = packagedModules(new Map([['./a.mjs', '']]), platform, { isTrusted: true });
  return { questions, load: ({ signal } = new AbortController()) => host.load!(MENTION, signal) };
}

it('a module of a package is asked once, and again where the time of whoever asked is over before that of others', async () => {
  const { questions, load } = hostOfOne();
  const first = new AbortController();
  const [impatient, ...others] = [load(first), load(), load()];
  const settled = Promise.allSettled(others);
  expect(questions).toHaveLength(1);
  first.abort(OVER);
  await expect(impatient).rejects.toBe(OVER);
  await new Promise(setImmediate);
  questions[1]?.answer([]);
  expect(await settled).toEqual(others.map(() => ({ status: 'fulfilled', value: [] })));
  await load();
  expect(questions).toHaveLength(2);
});

it('what is wrong with a module of a package is told to all who wait, and it may be asked again', async () => {
  const { questions, load } = hostOfOne();
  const waiting = [load(), load()];
  questions[0]!.fail(new Error('broken'));
  expect(await Promise.allSettled(waiting)).toEqual(
    waiting.map(() => ({ status: 'rejected', reason: new Error('broken') })),
  );
  expect(questions).toHaveLength(1);
  void load();
  expect(questions).toHaveLength(2);
});
