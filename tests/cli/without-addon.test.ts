/** The command where there is no addon that could be loaded. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { NATIVE_PATH } from '@remotemedia/native-dsp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGateway } from '../e2e/gateway-process.js';
import { type Checkout, checkoutWithoutAddon } from '../e2e/without-addon.js';
import { remotemedia } from './command.js';

const CALCULATOR = ['run', 'configs/values/calculator.yaml', '--input', '[5, 7, 3]'];

let checkout: Checkout;
let place: string;
beforeAll(() => {
  checkout = checkoutWithoutAddon();
  place = join(checkout.root, 'native-dsp/dist', basename(NATIVE_PATH));
});
afterAll(() => checkout.remove());

const addon = readFileSync(NATIVE_PATH);

it.each([
  ['absent', undefined],
  ['empty', Buffer.alloc(0)],
  ['a text', Buffer.from('version https://git-lfs.github.com/spec/v1\n')],
  // The loader of Linux would kill the process.
  ['half there', addon.subarray(0, addon.length / 2)],
  ['all but its end there', addon.subarray(0, -16)],
])('where the addon is %s, WebAssembly takes its place with one warning', async (_, content) => {
  if (content) writeFileSync(place, content);
  const { exitCode, stdout, stderr } = await remotemedia(CALCULATOR, '', checkout.env, checkout.root);
  const native = { ...checkout.env, REMOTEMEDIA_RUNTIME: 'native' };
  const forced = await remotemedia(CALCULATOR, '', native, checkout.root);
  rmSync(place, { force: true });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout.toString()).outputs).toEqual([20, 24, 16]);
  expect(stderr.match(/warning/gi)).toHaveLength(1);
  expect(forced).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^remotemedia: The native runtime cannot be used: .*\n$/),
  });
});

it('a gateway warns once, also when it executes pipelines', async () => {
  const gateway = await startGateway(checkout.env, checkout.root);
  const nodes = [{ id: 'add', node_type: 'AddNode', params: { addend: 1 } }];
  const response = await fetch(`${gateway.url}/api/v1/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ manifest: { version: 'v1', nodes }, input: [1] }),
  });
  expect(await response.json()).toMatchObject({ values: [2] });
  await gateway.stop();
  expect(gateway.output().match(/cannot be used/g)).toHaveLength(1);
});
