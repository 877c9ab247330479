import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { Descriptions } from './descriptions.js';
import { NodeFailure } from './external-node.js';

const folder = mkdtempSync(join(tmpdir(), 'descriptions-'));
const file = join(folder, 'node.mjs');
const { href } = pathToFileURL(file);
afterAll(() => rmSync(folder, { recursive: true }));

it('a module is asked once, also by several at a time, and again when its file has changed or it has failed', async () => {
  let asked = 0;
  let failure: Error | undefined;
  const descriptions = new Descriptions();
  const describe = async () => {
    asked++;
    if (failure) throw failure;
    return [];
  };
  const ask = (executor: 'worker' | 'python' = 'worker') => descriptions.of(href, executor, describe);
  writeFileSync(file, '');
  await Promise.all([ask(), ask()]);
  await ask();
  expect(asked).toBe(1);
  // Another interpreter may say something else.
  await ask('python');
  expect(asked).toBe(2);
  utimesSync(file, 1, 1);
  failure = new Error('broken');
  await expect(ask()).rejects.toThrow('broken');
  failure = undefined;
  await ask();
  expect(asked).toBe(4);
});

it('whoever waits for what another one asked does not fail when the time of that one is over', async () => {
  const descriptions = new Descriptions();
  const over = new NodeFailure('timeout', 'node_timeout', 'its time is over');
  let end!: () => void;
  let asked = 0;
  writeFileSync(file, '');
  await new Promise<void>((isAsked) => {
    const first = descriptions.of(href, 'worker', () => {
      isAsked();
      return new Promise((_, reject) => {
        end = () => reject(over);
      });
    });
    first.catch(() => {});
  });
  const describe = async () => {
    asked++;
    return [];
  };
  const others = [0, 1].map(() => descriptions.of(href, 'worker', describe));
  // Until they have looked at the file.
  for (let look = 0; look < 4; look++) await stat(file);
  end();
  expect(await Promise.all(others)).toEqual([[], []]);
  expect(asked).toBe(1);
});

it('a module that is not there is asked each time', async () => {
  let asked = 0;
  const descriptions = new Descriptions();
  const describe = async () => {
    asked++;
    return [];
  };
  for (const missing of ['file:///no/such/module.mjs', 'data:text/javascript,']) {
    await descriptions.of(missing, 'worker', describe);
    await descriptions.of(missing, 'worker', describe);
  }
  expect(asked).toBe(4);
});
