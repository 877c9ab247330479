import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildTestApp, chain, type TestApp } from '../../testing/build.js';

let test: TestApp;
beforeEach(async () => {
  test = await buildTestApp();
});
afterEach(async () => {
  await test.execution.close();
  await test.app.close();
});

const inject = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
  test.app.inject({ method, url, ...(payload && { payload }) });
const envelope = (data: object) => ({ data, metadata: {} });

describe('the SDK’s HTTP interface', () => {
  it('tells health, status and the default manifest', async () => {
    expect((await inject('GET', '/health')).json()).toMatchObject({ status: 'healthy' });
    expect((await inject('GET', '/api/status')).json()).toMatchObject({
      version: '0.1.0',
      active_sessions: 0,
    });
    expect((await inject('GET', '/api/manifest')).json()).toMatchObject({ version: 'v1', nodes: [{}] });
  });

  it.each([
    [{ Text: 'hello' }],
    [{ Text: '' }],
    [{ Json: { a: [1, null] } }],
    [{ Json: 0 }],
    [{ Audio: { samples: [0, 0.5, -0.5, 1], sample_rate: 16_000, channels: 1 } }],
  ])('gives %j back as it came from an echo', async (data) => {
    const manifest = chain({ node_type: 'PassThrough' });
    const reply = await inject('POST', '/api/execute', { manifest, input: envelope(data) });
    const { output } = reply.json();
    if ('Audio' in output.data) output.data.Audio.samples.length = 4; // the rest of the 10 ms frame
    expect(output).toEqual(envelope(data));
  });

  it('streams envelopes in order', async () => {
    const { session_id } = (await inject('POST', '/api/stream', {})).json();
    for (const Text of ['one', 'two']) {
      const taken = await inject('POST', `/api/stream/${session_id}/input`, { data: envelope({ Text }) });
      expect(taken.statusCode).toBe(200);
    }
    // A reader that is there when the session ends gets all of it.
    const reading = inject('GET', `/api/stream/${session_id}/output`);
    await test.execution.sessions.get(session_id)!.end();
    const lines = (await reading).body.split('\n').filter((line) => line.startsWith('data: {"data"'));
    expect(lines.map((line) => JSON.parse(line.slice(6)).data)).toEqual([{ Text: 'one' }, { Text: 'two' }]);
    expect((await inject('DELETE', `/api/stream/${session_id}`)).statusCode).toBe(204);
  });

  it('takes manifests in the dialects of the SDK, and says what it rewrote', async () => {
    const manifest = { version: '1.0', nodes: [{ id: 'e', nodeType: 'PassThrough' }], edges: [] };
    const reply = await inject('POST', '/api/execute', { manifest, input: envelope({ Text: 'hello' }) });
    expect(reply.json().output).toEqual(envelope({ Text: 'hello' }));
    const paths = reply.json().manifest_notes.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(['edges', 'version', 'nodes[0].nodeType']);
    const opened = await inject('POST', '/api/stream', { manifest });
    expect(opened.json().manifest_notes).toHaveLength(3);
    const foreign = { ...manifest, nodes: [{ id: 'e', nodeType: 'KokoroTTSNode' }] };
    const refused = await inject('POST', '/api/execute', {
      manifest: foreign,
      input: envelope({ Text: '' }),
    });
    expect(refused.json()).toMatchObject({
      error_type: 'validation',
      validation_errors: [{ path: 'nodes[0].node_type', code: 'not_importable' }],
    });
  });

  it('holds manifests of v1 to what v1 says, as everywhere, and imports only what is written otherwise', async () => {
    const unknown = { node_type: 'GainNode', params: { gain_dbb: 3 } };
    const input = envelope({ Text: '' });
    const ask = async (manifest: object) =>
      (await inject('POST', '/api/execute', { manifest, input })).json();
    const own = await inject('POST', '/api/v1/execute', { manifest: chain(unknown), input: 1 });
    const [complaint] = own.json().complaints;
    expect(complaint).toMatchObject({ path: 'nodes[0].params.gain_dbb' });
    const refused = await ask(chain(unknown));
    expect(refused).toMatchObject({ error_type: 'validation', validation_errors: [complaint] });
    const strange = await ask({ ...(chain({ node_type: 'PassThrough' }) as object), retries: 3 });
    expect(strange.validation_errors).toMatchObject([{ path: 'retries' }]);
    const dialect = { version: 'v1', nodes: [{ id: 'a', nodeType: 'PassThrough', config: { gain: 3 } }] };
    const imported = await ask(dialect);
    expect(imported.output).toEqual(input);
    expect(imported.manifest_notes).toContainEqual({
      path: 'nodes[0].params.gain',
      message: expect.stringContaining('left out'),
    });
  });

  it('answers soon and shortly, whatever is sent', async () => {
    const connections = Array.from({ length: 50_000 }, (_, n) => ({ source: 'input', destination: `q${n}` }));
    const nodes = Array.from({ length: 50_000 }, (_, n) => ({ id: `q${n}`, nodeType: 'Nonsense' }));
    let params = {};
    for (let level = 0; level < 500; level++) params = { params };
    for (const manifest of [
      { version: '1.0', nodes: [{ id: 'a', nodeType: 'Echo' }], connections },
      { version: '1.0', nodes, connections: [] },
      { version: '1.0', nodes: [{ id: 'a', nodeType: 'Echo', params }] },
    ]) {
      const since = performance.now();
      const reply = await inject('POST', '/api/execute', { manifest, input: envelope({ Text: '' }) });
      expect(reply.json().error_type).toBe('validation');
      expect(reply.body.length).toBeLessThan(100_000);
      expect(performance.now() - since).toBeLessThan(3000);
    }
  });

  it('says what is wrong in the SDK’s words', async () => {
    const refused: [object, string][] = [
      [{ manifest: chain({ node_type: 'Nonsense' }), input: envelope({ Text: '' }) }, 'validation'],
      [
        {
          manifest: { version: 'v1', nodes: [{ id: 'a', module: './a.js' }] },
          input: envelope({ Text: '' }),
        },
        'manifest',
      ],
      [{ input: envelope({ Video: {} }) }, 'input'],
      [{ input: envelope({ Text: 'a', Json: 1 }) }, 'input'],
      [{}, 'input'],
    ];
    for (const [body, type] of refused) {
      const reply = await inject('POST', '/api/execute', body);
      expect(reply.json().error_type, JSON.stringify(body)).toBe(type);
      expect(reply.statusCode).toBeGreaterThanOrEqual(400);
    }
    const missing = await inject('DELETE', '/api/stream/exe_0');
    expect(missing.statusCode).toBe(404);
    expect(missing.json()).toEqual({ error_type: 'execution', message: 'No session has this id' });
  });
});
