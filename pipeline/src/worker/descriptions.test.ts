import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { Descriptions } from './descriptions.js';

const folder = mkdtempSync(join(tmpdir(), 'descriptions-'));
const file = join(folder, 'node.mjs');
const { href } = pathToFileURL(file);
const { signal } = new AbortController();
afterAll(() => rmSync(folder, { recursive: true }));

it('a module is asked once, also by several at a time, and again when its file has changed or it has failed', async () => {
  let asked = 0;
  let failure: Error | undefined;
  const descriptions = new Descriptions(async () => {
    asked++;
    if (failure) throw failure;
    return [];
  });
  writeFileSync(file, '');
  await Promise.all([descriptions.of(href, signal), descriptions.of(href, signal)]);
  await descriptions.of(href, signal);
  expect(asked).toBe(1);
  utimesSync(file, 1, 1);
  failure = new Error('broken');
  await expect(descriptions.of(href, signal)).rejects.toThrow('broken');
  failure = undefined;
  await descriptions.of(href, signal);
  expect(asked).toBe(3);
});

it('a module that is not there is asked each time', async () => {
  let asked = 0;
  const descriptions = new Descriptions(async () => {
    asked++;
    return [];
  });
  for (const missing of ['file:///no/such/module.mjs', 'data:text/javascript,']) {
    await descriptions.of(missing, signal);
    await descriptions.of(missing, signal);
  }
  expect(asked).toBe(4);
});
