import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chooseRuntime } from '@remotemedia/pipeline';
import { afterAll, describe, expect, it } from 'vitest';
import { manifestChecker } from './checker.js';

const directory = mkdtempSync(join(tmpdir(), 'checker-'));
afterAll(() => rmSync(directory, { recursive: true }));
const write = (file: string, spec: object) =>
  writeFileSync(
    join(directory, file),
    `export default { spec: ${JSON.stringify({ summary: '', executor: 'javascript', ...spec })}, create: () => ({ process: (item) => item }) };`,
  );
write('hush.mjs', { node_type: 'Hush', takes: ['audio'], gives: ['audio'], params: [] });
writeFileSync(join(directory, 'broken.mjs'), 'throw new Error("not today");');

const checker = manifestChecker({
  runtime: chooseRuntime().offline,
  environment: {},
  hosts: [],
  base: pathToFileURL(`${directory}/`),
});
/** `gain -> node -> loud`. */
const manifest = (node: string) => `version: v1
nodes:
  - { id: gain, node_type: GainNode }
  - { id: mine, ${node} }
  - { id: loud, node_type: GainNode }
connections:
  - { from: gain, to: mine }
  - { from: mine, to: loud }
`;
const complaints = async (node: string) => {
  const checked = await checker.check(manifest(node));
  return checked.ok ? [] : checked.complaints.map(({ line, path, code }) => `${line} ${path} ${code}`);
};

describe('a pipeline whose manifest names a module', () => {
  it('is what the module makes of it, and its normal form says so', async () => {
    const checked = await checker.check(manifest('node_type: Hush, module: ./hush.mjs'));
    if (!checked.ok) throw new Error(JSON.stringify(checked.complaints));
    expect(checked.plan.parts[1]).toMatchObject({ part: 'external', hears: true, speaks: true });
    expect(checked.plan.connections.map(({ carries }) => carries)).toEqual([['audio'], ['audio']]);
    expect(checked.manifest).toMatchObject({ nodes: [{}, { takes: ['audio'], gives: ['audio'] }, {}] });
  });

  it('is refused for what the module does not have, cannot do, or is', async () => {
    expect(await complaints('node_type: Hush, module: ./hush.mjs, params: { depth: 1 }')).toEqual([
      '4 nodes[1].params.depth unknown_parameter',
    ]);
    expect(await complaints('node_type: Hushh, module: ./hush.mjs')).toEqual([
      '4 nodes[1].node_type unknown_node_type',
    ]);
    expect(await complaints('node_type: Hush, module: ./broken.mjs')).toEqual([
      '4 nodes[1].module module_not_loaded',
    ]);
    expect(await complaints('node_type: Hush, module: ./nowhere.mjs, execution: { retry: 1 }')).toEqual([
      '4 nodes[1].execution.retry wrong_type',
      '4 nodes[1].module module_not_loaded',
    ]);
    const lost = 'node_type: Hush, executor: cpython, takes: [audio], gives: [audio]';
    expect(await complaints(lost)).toEqual(['4 nodes[1].executor module_missing']);
  });
});
