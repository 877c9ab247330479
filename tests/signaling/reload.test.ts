/** Pipelines that change while the server runs: real files, the native runtime, clients over HTTP and WebRTC. */
import { createHook } from 'node:async_hooks';
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import { type ReloadResult, type RunningServer, start } from '@remotemedia/signaling';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let directory: string;
let server: RunningServer;
let log: Record<string, unknown>[];
const output = { write: (line: string) => log.push(JSON.parse(line)) };

const multiplyBy = (multiplier: unknown) => `version: v1
nodes: [{ id: multiply, node_type: MultiplyNode, params: { multiplier: ${multiplier} } }]
`;
const write = (file: string, text: string) => writeFileSync(join(directory, file), text);

beforeEach(async () => {
  log = [];
  directory = mkdtempSync(join(tmpdir(), 'pipelines-'));
  copyFileSync(new URL('../../configs/pipelines/echo.yaml', import.meta.url), join(directory, 'echo.yaml'));
  write('times.yaml', multiplyBy(2));
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

async function serve(more: Record<string, string> = {}): Promise<void> {
  server = await start({
    environment: {
      REMOTEMEDIA_HTTP_HOST: '127.0.0.1',
      REMOTEMEDIA_HTTP_PORT: '0',
      REMOTEMEDIA_MEDIA_PORT: '0',
      REMOTEMEDIA_MEDIA_THREADS: '1',
      REMOTEMEDIA_PIPELINES_DIRECTORY: directory,
      REMOTEMEDIA_PIPELINES_DEFAULT: 'echo',
      ...more,
    },
    output,
  });
}

/** What comes first of what a change of the folder is to come to. @returns the name of the pipeline, or of the refused file. */
function changed(kind: ReloadResult, change: () => void): Promise<string> {
  const told = new Promise<string>((resolve) => {
    const listen = (result: ReloadResult, name: string) => {
      if (result !== kind) return;
      server.pipelines.off('reloaded', listen);
      resolve(name);
    };
    server.pipelines.on('reloaded', listen);
  });
  change();
  return told;
}

async function execute(pipeline: string, input: unknown): Promise<Record<string, unknown>> {
  const url = new URL('/api/v1/execute', server.url);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ pipeline, input });
  return (await (await fetch(url, { method: 'POST', headers, body })).json()) as Record<string, unknown>;
}

describe.skipIf(!isNativeRuntimeAvailable())('pipelines that change while the server runs', () => {
  it('are served to new sessions, while running ones keep what they began with', async () => {
    await serve();
    const running = await server.execution.open({ transport: 'http', pipeline: 'times' });
    expect(
      await changed('changed', () => {
        write('times.yaml.new', multiplyBy(3));
        renameSync(join(directory, 'times.yaml.new'), join(directory, 'times.yaml'));
      }),
    ).toBe('times');
    expect(await execute('times', 10)).toMatchObject({ values: [30] });
    await running.push({ kind: 'value', value: 10 });
    await running.end();
    const items = [];
    for await (const { item } of running.outputs) items.push(item);
    expect(items).toEqual([{ kind: 'value', value: 20 }]);
    expect(log).toContainEqual(
      expect.objectContaining({ level: 30, msg: 'pipeline reloaded', pipeline: 'times', result: 'changed' }),
    );
  });

  it('appear and vanish, in the list and for clients', async () => {
    await serve();
    await changed('added', () =>
      write(
        'new.json',
        JSON.stringify({ version: 'v1', nodes: [{ id: 'a', node_type: 'AddNode', params: { addend: 1 } }] }),
      ),
    );
    expect(await execute('new', 1)).toMatchObject({ values: [2] });
    await changed('removed', () => rmSync(join(directory, 'times.yaml')));
    expect(await execute('times', 1)).toMatchObject({ code: 'unknown_pipeline' });
    const list = await (await fetch(new URL('/api/v1/pipelines', server.url))).json();
    expect(list.pipelines.map(({ name }: { name: string }) => name)).toEqual(['echo', 'new']);
    expect(server.gateway.pipelines.map(({ name }) => name)).toEqual(['echo', 'new']);
    const metrics = await (await fetch(new URL('/metrics', server.url))).text();
    expect(metrics).toContain('remotemedia_pipeline_reloads_total{result="added"} 1');
    expect(metrics).toContain('remotemedia_pipeline_reloads_total{result="removed"} 1');
  });

  it('are not taken where they are unsound: the log has everything that is wrong', async () => {
    await serve();
    const broken = multiplyBy('[]').replace('}]', '}, { id: b, node_type: Nonsense }]');
    expect(await changed('refused', () => write('times.yaml', broken))).toBe('times.yaml');
    expect(await execute('times', 10)).toMatchObject({ values: [20] });
    const { complaints } = log.find(({ file }) => file === 'times.yaml')!;
    expect((complaints as unknown[]).length).toBeGreaterThan(1);
  });

  it('may begin to name modules, which are loaded first; over WebRTC too', async () => {
    await serve();
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
    await changed('refused', () => write('echo.yaml', manifest('missing.mjs')));
    expect(log.at(-1)).toMatchObject({ complaints: [{ code: 'module_not_loaded' }] });
    write(
      'same.mjs',
      `export default { spec: ${JSON.stringify(spec)}, create: () => ({ process: (item) => item }) };`,
    );
    await changed('changed', () => write('echo.yaml', manifest('same.mjs')));
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
    await serve({ REMOTEMEDIA_PIPELINES_WATCH: 'false' });
    expect(open.size).toBe(0);
    await server.close();
    await serve();
    expect(open.size).toBeGreaterThan(0);
    await server.close();
    await allClosed;
    hook.disable();
  });
});
