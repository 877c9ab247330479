import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chooseRuntime, hostOf, Pipeline } from '@remotemedia/pipeline';
import { afterAll, describe, expect, it } from 'vitest';
import { manifestChecker } from './checker.js';

const directory = mkdtempSync(join(tmpdir(), 'checker-'));
afterAll(() => rmSync(directory, { recursive: true }));
const write = (file: string, spec: object) =>
  writeFileSync(
    join(directory, file),
    `export default { spec: ${JSON.stringify({ summary: '', executor: 'javascript', ...spec })}, create: () => ({ process: (item) => item }) };`,
  );
write('open.mjs', { node_type: 'Open' });
write('hush.mjs', { node_type: 'Hush', takes: ['audio'], gives: ['audio'], params: [] });
write('twin.mjs', { node_type: 'Hush', takes: ['audio'], gives: ['audio'] });
writeFileSync(join(directory, 'broken.mjs'), 'throw new Error("not today");');

const checker = manifestChecker({
  runtime: chooseRuntime().offline,
  environment: { SECRET: 'sesame' },
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

it('a pipeline of sessions that asks for the other runtime is refused at that place', async () => {
  const other = chooseRuntime().name === 'native' ? 'wasm' : 'native';
  const checked = await checker.check(
    `version: v1\nruntime_hint: ${other}\nnodes:\n- { id: level, node_type: AudioLevelNode }\n`,
  );
  expect(checked).toMatchObject({
    ok: false,
    complaints: [{ path: 'runtime_hint', code: 'wrong_runtime', line: 2 }],
  });
});

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

  it('may not reach beyond its folder, where code is that did not come with it', async () => {
    for (const module of ['../hush.mjs', '/hush.mjs', 'nodes/../../hush.mjs', 'data:text/javascript,//.js']) {
      expect(await complaints(`node_type: Hush, module: "${module}"`)).toEqual([
        '4 nodes[1].module module_not_loaded',
      ]);
    }
  });

  it('and another with a node of the same type, is told that sessions could not keep them apart', async () => {
    const checked = await checker.check(`version: v1
nodes:
  - { id: one, node_type: Hush, module: ./hush.mjs }
  - { id: again, node_type: Hush, module: ./hush.mjs }
  - { id: two, node_type: Hush, module: ./twin.mjs }
connections: [{ from: one, to: again }, { from: again, to: two }]
`);
    expect(checked).toMatchObject({
      ok: false,
      complaints: [{ path: 'nodes[2].node_type', code: 'duplicate_node_type', line: 5 }],
    });
  });

  it('keeps in mind what came out of variables: a session that cannot be opened later does not tell it', async () => {
    const checked = await checker.check(`version: v1
nodes: [{ id: a, node_type: Open, module: ./open.mjs, params: { key: "\${SECRET}" } }]
`);
    if (!checked.ok) throw new Error(JSON.stringify(checked.complaints));
    expect(JSON.stringify(checked.shown)).not.toContain('sesame');
    const param = { name: 'key', type: 'number', documentation: '' } as const;
    const stricter = { node_type: 'Open', summary: '', executor: 'javascript', params: [param] } as const;
    const host = { ...hostOf([]), modules: new Set(['./open.mjs']), load: async () => [stricter] };
    const opened = Pipeline.fromManifest(checked.manifest as object, { hosts: [host] }).session();
    await expect(opened).rejects.toMatchObject({ code: 'invalid_manifest' });
    await expect(opened).rejects.toThrow(`\${SECRET}`);
    await expect(opened).rejects.not.toThrow('sesame');
  });
});

it('refuses a pipeline for stereo files, since sessions are mono', async () => {
  const right = '{ id: right, node_type: AudioChannelSplitterNode, params: { channel: 1 } }';
  const checked = await checker.check(`version: v1\nnodes:\n  - ${right}\n`);
  expect(checked).toMatchObject({
    ok: false,
    complaints: [{ path: 'nodes[0].params.channel', code: 'invalid_combination' }],
  });
});
