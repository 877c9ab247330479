/** The whole server on real parts: configuration, native runtime, media plane, ports. */
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import type { RunningServer } from '@remotemedia/signaling';
import { afterEach, describe, expect, it } from 'vitest';
import { ServedFolder } from '../support/served-folder.js';
import { startOnLoopback } from '../support/server.js';

let server: RunningServer | undefined;
let folder: ServedFolder | undefined;
afterEach(async () => {
  await server?.close();
  await folder?.close();
  server = undefined;
  folder = undefined;
});

describe.skipIf(!isNativeRuntimeAvailable())('the server with the configuration that comes with it', () => {
  it('listens, is ready, and shows its pipelines and nodes', async () => {
    server = await startOnLoopback();
    const get = async (path: string) => (await fetch(new URL(path, server!.url))).json();
    expect(await get('/readyz')).toMatchObject({
      ready: true,
      runtime: 'native',
      sessions: 0,
      max_sessions: 100,
    });
    const { pipelines, default: name } = await get('/api/v1/pipelines');
    expect(name).toBe('voice-enhance');
    expect(pipelines.map((pipeline: { name: string }) => pipeline.name)).toEqual([
      'echo',
      'meter',
      'stream-health',
      'transcribe-prep',
      'voice-enhance',
    ]);
    for (const { description, nodes, latency_ms, plan } of pipelines) {
      expect(description.length).toBeGreaterThan(20);
      expect(nodes.length).toBeGreaterThan(0);
      expect(latency_ms).toBeGreaterThanOrEqual(0);
      expect(plan).toBeTypeOf('object');
    }
    expect(await get('/api/v1/nodes/SileroVADNode')).toMatchObject({ node_type: 'SileroVADNode' });
    expect((await get('/version')).opus).toMatch(/libopus/);
    expect((await get('/api/v1/ice')).media_port).toBe(server.gateway.mediaPort);
  });

  it('refuses what is no offer, in the gateway’s own words, and keeps no session', async () => {
    server = await startOnLoopback();
    const headers = { 'content-type': 'application/sdp' };
    const refused = await fetch(new URL('/whip', server.url), {
      method: 'POST',
      headers,
      body: 'v=0\r\nnonsense',
    });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ code: 'malformed_sdp' });
    expect(server.gateway.sessions.size).toBe(0);
  });

  it('takes manifests of the SDK on the runtime it was started with, whatever this process says', async () => {
    server = await startOnLoopback();
    const former = process.env['REMOTEMEDIA_RUNTIME'];
    process.env['REMOTEMEDIA_RUNTIME'] = 'nonsense';
    try {
      const manifest = {
        version: '1.0',
        nodes: [{ id: 'a', nodeType: 'MultiplyNode', config: { factor: 2 } }],
      };
      const reply = await fetch(new URL('/api/execute', server.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ manifest, input: { data: { Json: 21 } } }),
      });
      expect(await reply.json()).toMatchObject({ output: { data: { Json: 42 } } });
    } finally {
      if (former === undefined) delete process.env['REMOTEMEDIA_RUNTIME'];
      else process.env['REMOTEMEDIA_RUNTIME'] = former;
    }
  });

  it('does not begin with a pipeline of JSON values as the default one', async () => {
    const directory = fileURLToPath(new URL('../../configs/values', import.meta.url));
    const failed = startOnLoopback({
      REMOTEMEDIA_PIPELINES_DIRECTORY: directory,
      REMOTEMEDIA_PIPELINES_DEFAULT: 'calculator',
    });
    await expect(failed).rejects.toThrow(
      /calculator\.yaml: does not work on audio, and cannot be the default/,
    );
  });

  it('runs the nodes of the operator’s own modules, and clients cannot name them', async () => {
    folder = new ServedFolder();
    const shout = { id: 'shout', node_type: 'Shout', executor: 'javascript', module: './shout.mjs' };
    const manifest = { version: 'v1', metadata: { name: 'shout' }, nodes: [shout], connections: [] };
    folder.write(
      'shout.mjs',
      `export default {
        spec: { node_type: 'Shout', summary: 'Louder.', executor: 'javascript', params: [] },
        create: () => ({ process: ({ value }) => ({ kind: 'value', value: value.toUpperCase() }) }),
      };`,
    );
    folder.write('shout.json', JSON.stringify(manifest));
    server = await folder.serve();
    expect(await folder.execute({ pipeline: 'shout', input: 'quiet' })).toMatchObject({ values: ['QUIET'] });
    expect(await folder.execute({ manifest, input: 'quiet' })).toMatchObject({ code: 'module_not_allowed' });
  });

  it('says how its pipelines fall into parts, those with the Python nodes that come with it too', async () => {
    folder = new ServedFolder();
    folder.write(
      'words.yaml',
      `version: v1
nodes:
  - { id: denoise, node_type: DenoiseNode, is_output_node: true }
  - { id: vad, node_type: SileroVADNode }
  - { id: text, node_type: TextProcessorNode, is_output_node: true }
connections:
  - { from: denoise, to: vad }
`,
    );
    server = await folder.serve();
    const answer = await fetch(new URL('/api/v1/pipelines', server.url));
    const [echo, words] = (await answer.json()).pipelines;
    expect(echo.nodes).toMatchObject([{ part: 'audio', is_source: true, is_output: true, latency_ms: 0 }]);
    expect(words.nodes).toMatchObject([
      { id: 'denoise', part: 'audio', executor: null, is_source: true, latency_ms: expect.closeTo(7.54, 1) },
      { id: 'vad', part: 'audio', is_output: false },
      { id: 'text', part: 'external', executor: 'python', is_output: true },
    ]);
    expect(words.connections).toEqual([{ from: 'denoise', to: 'vad', carries: ['audio'] }]);
  });

  it('runs with what variables hold, and shows what the file says: one may be a secret', async () => {
    folder = new ServedFolder();
    const manifest = `version: v1
metadata: { description: "Opens with \${KEY}" }
nodes:
  - { id: gain, node_type: GainNode, params: { gain_db: "\${GAIN_DB}" }, is_output_node: true }
  - { id: text, node_type: TextProcessorNode, params: { operations: ["\${OPERATION}"] }, is_output_node: true }
`;
    folder.write('secret.yaml', manifest);
    server = await folder.serve({
      REMOTEMEDIA_PIPELINES_DEFAULT: 'secret',
      KEY: 'sesame',
      GAIN_DB: '6',
      OPERATION: 'reverse',
    });
    const paths = ['/api/v1/pipelines', '/api/manifest'];
    const answers = await Promise.all(paths.map((path) => fetch(new URL(path, server!.url))));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    for (const text of texts) {
      expect(text).not.toMatch(/sesame|reverse"/);
      expect(text).toMatch(/Opens with \$\{KEY\}/);
    }
    const [, { nodes }] = JSON.parse(texts[0]!).pipelines;
    expect(nodes[1].params.operations).toEqual([`\${OPERATION}`]);
    expect(nodes[0].params.gain_db).toBe(`\${GAIN_DB}`);
    const run = await fetch(new URL('/api/v1/execute?node_id=text', server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pipeline: 'secret', input: { text: 'abc' } }),
    });
    expect(JSON.stringify(await run.json())).toContain('"reverse":"cba"');
  });

  it('loads the modules that its pipelines name, and refuses those of clients', async () => {
    folder = new ServedFolder();
    const pipelineWith = (module: string) =>
      `version: v1
nodes:
  - { id: louder, node_type: GainNode }
  - { id: quiet, node_type: Quiet, module: ./${module} }
connections:
  - { from: louder, to: quiet }
`;
    folder.write('quiet.yaml', pipelineWith('quiet.mjs'));
    const spec = {
      node_type: 'Quiet',
      summary: '',
      executor: 'javascript',
      takes: ['audio'],
      gives: ['audio'],
    };
    const code = `export default { spec: ${JSON.stringify(spec)}, create: () => ({ process: (item) => item }) };`;
    folder.write('quiet.mjs', code);
    const own = { REMOTEMEDIA_PIPELINES_DEFAULT: 'quiet' };
    server = await folder.serve(own);
    const session = server.gateway.createSession({ transport: 'whip' });
    session.setNodeState('quiet', 'bypass');
    await session.close();
    const manifest = { version: 'v1', nodes: [{ id: 'x', node_type: 'Quiet', module: './quiet.mjs' }] };
    expect(() => server!.gateway.createSession({ transport: 'whip', manifest })).toThrow(
      expect.objectContaining({ code: 'module_not_allowed' }),
    );
    await server.close();

    folder.write('again.mjs', 'throw new Error("not today")');
    folder.write('quiet.yaml', pipelineWith('again.mjs'));
    await expect(folder.serve(own)).rejects.toMatchObject({
      complaints: [{ code: 'module_not_loaded', path: 'quiet.yaml:4:44: nodes[1].module' }],
    });
  });

  it('frees its ports at the end, also when it could not begin', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const failed = startOnLoopback({ REMOTEMEDIA_HTTP_PORT: String(port) });
    await expect(failed).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await new Promise((resolve) => taken.close(resolve));

    const first = await startOnLoopback();
    const again = { REMOTEMEDIA_MEDIA_PORT: String(first.gateway.mediaPort) };
    await first.close();
    server = await startOnLoopback(again);
    expect(server.gateway.mediaPort).toBe(first.gateway.mediaPort);
  });
});

describe.skipIf(!isNativeRuntimeAvailable())('a server whose media port is taken', () => {
  it('names the port, in the shape of the system’s own errors', async () => {
    server = await startOnLoopback();
    const { mediaPort } = server.gateway;
    const second = startOnLoopback({ REMOTEMEDIA_MEDIA_PORT: String(mediaPort) });
    await expect(second).rejects.toMatchObject({
      code: 'bind_failed',
      syscall: 'bind',
      message: expect.stringMatching(new RegExp(`^UDP port ${mediaPort}: `)),
    });
  });
});

describe('a server that cannot start', () => {
  it('says everything that is wrong with its configuration', async () => {
    const broken = { REMOTEMEDIA_HTTP_PORT: 'x', REMOTEMEDIA_SESSIONS_MAX: '0' };
    await expect(startOnLoopback(broken)).rejects.toThrow(
      /2 mistakes:\n {2}http\.port: .*REMOTEMEDIA_HTTP_PORT.*\n {2}sessions\.max: .*REMOTEMEDIA_SESSIONS_MAX/,
    );
  });
});
