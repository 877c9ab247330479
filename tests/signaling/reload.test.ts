/** Pipelines that change while the server runs: real files, the native runtime, clients over HTTP and WebRTC. */
import { createHook } from 'node:async_hooks';
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServedFolder } from '../support/served-folder.js';

let folder: ServedFolder;

const multiplyBy = (multiplier: unknown) => `version: v1
nodes: [{ id: multiply, node_type: MultiplyNode, params: { multiplier: ${multiplier} } }]
`;
const write = (file: string, text: string) => folder.write(file, text);
const execute = (pipeline: string, input: unknown) => folder.execute({ pipeline, input });

beforeEach(() => {
  folder = new ServedFolder();
  write('times.yaml', multiplyBy(2));
});
afterEach(() => folder.close());

describe.skipIf(!isNativeRuntimeAvailable())('pipelines that change while the server runs', () => {
  it('are served to new sessions, while running ones keep what they began with', async () => {
    const server = await folder.serve();
    const running = await server.execution.open({ transport: 'http', pipeline: 'times' });
    expect(
      await folder.changed('changed', () => {
        write('times.yaml.new', multiplyBy(3));
        folder.rename('times.yaml.new', 'times.yaml');
      }),
    ).toBe('times');
    expect(await execute('times', 10)).toMatchObject({ values: [30] });
    await running.push({ kind: 'value', value: 10 });
    await running.end();
    const items = [];
    for await (const { item } of running.outputs) items.push(item);
    expect(items).toEqual([{ kind: 'value', value: 20 }]);
    expect(folder.log).toContainEqual(
      expect.objectContaining({ level: 30, msg: 'pipeline reloaded', pipeline: 'times', result: 'changed' }),
    );
  });

  it('appear and vanish, in the list and for clients', async () => {
    const server = await folder.serve();
    await folder.changed('added', () =>
      write(
        'new.json',
        JSON.stringify({ version: 'v1', nodes: [{ id: 'a', node_type: 'AddNode', params: { addend: 1 } }] }),
      ),
    );
    expect(await execute('new', 1)).toMatchObject({ values: [2] });
    await folder.changed('removed', () => folder.remove('times.yaml'));
    expect(await execute('times', 1)).toMatchObject({ code: 'unknown_pipeline' });
    const list = await (await fetch(new URL('/api/v1/pipelines', server.url))).json();
    expect(list.pipelines.map(({ name }: { name: string }) => name)).toEqual(['echo', 'new']);
    expect(server.gateway.pipelines.map(({ name }) => name)).toEqual(['echo', 'new']);
    const metrics = await (await fetch(new URL('/metrics', server.url))).text();
    expect(metrics).toContain('remotemedia_pipeline_reloads_total{result="added"} 1');
    expect(metrics).toContain('remotemedia_pipeline_reloads_total{result="removed"} 1');
  });

  it('are not taken where they are unsound: the log has everything that is wrong', async () => {
    await folder.serve();
    const broken = multiplyBy('[]').replace('}]', '}, { id: b, node_type: Nonsense }]');
    expect(await folder.changed('refused', () => write('times.yaml', broken))).toBe('times.yaml');
    expect(await execute('times', 10)).toMatchObject({ values: [20] });
    const { complaints } = folder.log.find(({ file }) => file === 'times.yaml')!;
    expect((complaints as unknown[]).length).toBeGreaterThan(1);
  });

  it('may begin to name modules, which are loaded first; over WebRTC too', async () => {
    const server = await folder.serve();
    const session = server.gateway.createSession({ transport: 'whip' });
    const spec = {
      node_type: 'Same',
      summary: '',
      executor: 'javascript',
      takes: ['audio'],
      gives: ['audio'],
    };
    const manifest = (module: string) => `version: v1
nodes:
  - { id: gain, node_type: GainNode }
  - { id: same, node_type: Same, module: ./${module}, takes: [audio], gives: [audio] }
connections: [{ from: gain, to: same }]
`;
    await folder.changed('refused', () => write('echo.yaml', manifest('missing.mjs')));
    expect(folder.log.at(-1)).toMatchObject({ complaints: [{ code: 'module_not_loaded' }] });
    write(
      'same.mjs',
      `export default { spec: ${JSON.stringify(spec)}, create: () => ({ process: (item) => item }) };`,
    );
    await folder.changed('changed', () => write('echo.yaml', manifest('same.mjs')));
    const later = server.gateway.createSession({ transport: 'whip' });
    later.setNodeState('same', 'bypass');
    expect(() => session.setNodeState('same', 'bypass')).toThrow(
      expect.objectContaining({ code: 'unknown_node' }),
    );
    await Promise.all([session.close(), later.close()]);
  });

  it('are watched until the server ends, and not at all where pipelines.watch is off', async () => {
    const open = new Set<number>();
    let closed!: () => void;
    const allClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const hook = createHook({
      init: (id, type) => void (type === 'FSEVENTWRAP' && open.add(id)),
      destroy: (id) => void (open.delete(id) && open.size === 0 && closed()),
    }).enable();
    const unwatched = await folder.serve({ REMOTEMEDIA_PIPELINES_WATCH: 'false' });
    expect(open.size).toBe(0);
    await unwatched.close();
    const watched = await folder.serve();
    expect(open.size).toBeGreaterThan(0);
    await watched.close();
    await allClosed;
    hook.disable();
  });
});
