import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../testing/build.js';
import { OFFER } from '../testing/fake-gateway.js';

let test: TestApp;
beforeEach(async () => {
  test = await buildTestApp();
});
afterEach(() => test.app.close());

const get = (url: string) => test.app.inject({ method: 'GET', url });

describe('health', () => {
  it('is healthy and ready when there is room', async () => {
    expect((await get('/healthz')).json()).toEqual({ status: 'ok' });
    const ready = await get('/readyz');
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toEqual({
      ready: true,
      reason: null,
      runtime: 'native',
      runtime_reason: 'It is the default.',
      sessions: 0,
      max_sessions: 3,
    });
  });

  it('is healthy but not ready when full, with a time to come back', async () => {
    for (let i = 0; i < 3; i += 1) test.gateway.createSession({ transport: 'whip' });
    const ready = await get('/readyz');
    expect(ready.statusCode).toBe(503);
    expect(ready.headers['retry-after']).toBe('5');
    expect(ready.json()).toMatchObject({ ready: false, reason: 'full', sessions: 3 });
    expect((await get('/healthz')).statusCode).toBe(200);
  });

  it('is not ready while it drains', async () => {
    test.gateway.drain();
    expect((await get('/readyz')).json()).toMatchObject({ ready: false, reason: 'draining' });
  });

  it('tells its version and runtime', async () => {
    expect((await get('/version')).json()).toEqual({
      name: 'remotemedia-gateway',
      version: '0.1.0',
      runtime: 'native',
      runtime_reason: 'It is the default.',
      opus: 'libopus 1.6.1',
      node: process.version,
    });
  });

  it('answers health checks beyond the request limit, and nothing else', async () => {
    await test.app.close();
    test = await buildTestApp('limits: { requests_per_minute: 2 }');
    for (let i = 0; i < 2; i += 1) expect((await get('/version')).statusCode).toBe(200);
    const refused = await get('/version');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['content-type']).toBe('application/problem+json');
    expect(refused.json().code).toBe('rate_limited');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await get('/healthz')).statusCode).toBe(200);
  });
});

describe('sessions', () => {
  it('lists them without and shows one with its statistics', async () => {
    const session = test.gateway.createSession({ transport: 'websocket', peerId: 'alice' });
    const list = (await get('/api/v1/sessions')).json();
    expect(list).toEqual({
      count: 1,
      sessions: [
        {
          id: session.id,
          state: 'new',
          pipeline: 'echo',
          created_at: '2026-01-02T03:04:05.000Z',
          transport: 'websocket',
          peer_id: 'alice',
          remote_address: null,
        },
      ],
    });
    expect((await get(`/api/v1/sessions/${session.id}`)).json()).toEqual(session.view());
    // A counter that this table does not know yet still gets through.
    const view = { ...session.view(), statistics: { ...session.statistics(), decode_errors: 2 } };
    session.view = () => view;
    expect((await get(`/api/v1/sessions/${session.id}`)).json().statistics.decode_errors).toBe(2);
  });

  it('ends a session once', async () => {
    const session = test.gateway.createSession({ transport: 'whip' });
    const url = `/api/v1/sessions/${session.id}`;
    const ended = await test.app.inject({ method: 'DELETE', url });
    expect(ended.statusCode).toBe(204);
    expect(ended.body).toBe('');
    expect(session.closeInfo?.code).toBe('deleted');
    const again = await test.app.inject({ method: 'DELETE', url });
    expect(again.statusCode).toBe(404);
    expect(again.json()).toMatchObject({ code: 'session_not_found', status: 404 });
  });

  it('gives an utterance as WAV, 404 for one that is not kept or no number', async () => {
    const session = test.gateway.createSession({ transport: 'whip' });
    session.wavs.set(3, new Uint8Array([82, 73, 70, 70]));
    const wav = await get(`/api/v1/sessions/${session.id}/utterances/3.wav`);
    expect(wav.headers['content-type']).toBe('audio/wav');
    expect(wav.rawPayload.toString()).toBe('RIFF');
    expect((await get(`/api/v1/sessions/${session.id}/utterances/4.wav`)).json().code).toBe(
      'utterance_not_found',
    );
    for (const bad of ['x.wav', '-1.wav', '3.mp3', '99999999999.wav', '..%2f..%2fetc.wav']) {
      expect((await get(`/api/v1/sessions/${session.id}/utterances/${bad}`)).statusCode, bad).toBe(404);
    }
  });
});

describe('catalogue', () => {
  it('lists pipelines with nodes, parameters and plan', async () => {
    const { pipelines, default: name } = (await get('/api/v1/pipelines')).json();
    expect(name).toBe('echo');
    expect(pipelines[0]).toMatchObject({
      name: 'echo',
      nodes: [{ id: 'echo', node_type: 'PassThrough', params: { gain_db: 0 } }],
      latency_ms: 0,
      plan: { steps: [{ node: 'echo' }] },
    });
  });

  it('lists node types whole and finds one by name or alias', async () => {
    const list = (await get('/api/v1/nodes')).json();
    expect(list.count).toBe(1);
    expect(list.nodes[0].params[0]).toEqual({
      name: 'gain_db',
      type: 'number',
      min: -60,
      max: 40,
      default: 0,
    });
    expect((await get('/api/v1/nodes/PassThroughNode')).json()).toEqual(list.nodes[0]);
    expect((await get('/api/v1/nodes/Nonsense')).json().code).toBe('node_type_not_found');
  });

  it('serves the JSON Schema of manifests', async () => {
    const answer = await get('/schemas/manifest.v1.json');
    expect(answer.headers['content-type']).toContain('application/schema+json');
    expect(answer.json().$id).toBe('urn:remotemedia:schemas:manifest.v1');
  });

  it('tells clients which ICE servers to use', async () => {
    await test.app.close();
    test = await buildTestApp(
      'ice: { servers: [{ urls: ["turn:t.example.org"], username: u, credential: c }] }',
    );
    expect((await get('/api/v1/ice')).json()).toEqual({
      ice_servers: [{ urls: ['turn:t.example.org'], username: 'u', credential: 'c' }],
      media_port: 8189,
    });
  });
});

describe('failures', () => {
  it('are problem+json with a stable code, and 405 tells the methods', async () => {
    const missing = await get('/nowhere');
    expect(missing.statusCode).toBe(404);
    expect(missing.headers['content-type']).toBe('application/problem+json');
    expect(missing.json()).toEqual({
      type: 'urn:remotemedia:problem:not_found',
      title: 'Nothing here',
      status: 404,
      detail: 'There is nothing at /nowhere',
      code: 'not_found',
    });
    const wrong = await test.app.inject({ method: 'POST', url: '/healthz' });
    expect(wrong.statusCode).toBe(405);
    expect(wrong.headers.allow).toBe('GET, OPTIONS');
    expect(wrong.json().code).toBe('method_not_allowed');
  });

  it('never show what broke inside', async () => {
    const session = test.gateway.createSession({ transport: 'whip' });
    session.view = () => {
      throw new Error('secret detail');
    };
    const broken = await get(`/api/v1/sessions/${session.id}`);
    expect(broken.statusCode).toBe(500);
    expect(broken.json().code).toBe('internal_error');
    expect(broken.body).not.toMatch(/secret|at .*\.ts/);
  });

  it('refuse a body beyond the limit with 413', async () => {
    const payload = 'v=0\r\n'.repeat(300_000);
    const headers = { 'content-type': 'application/sdp' };
    const large = await test.app.inject({ method: 'POST', url: '/whip', headers, payload });
    expect(large.statusCode).toBe(413);
    expect(large.json().code).toBe('payload_too_large');
    expect(test.gateway.made).toHaveLength(0);
  });
});

describe('origins', () => {
  const post = (origin: string) =>
    test.app.inject({
      method: 'POST',
      url: '/whip',
      headers: { origin, 'content-type': 'application/sdp', host: 'gateway.example:8080' },
      payload: OFFER,
    });

  it('lets the own page in and tells it the headers', async () => {
    const own = await post('http://gateway.example:8080');
    expect(own.statusCode).toBe(201);
    expect(own.headers['access-control-allow-origin']).toBe('http://gateway.example:8080');
    expect(own.headers['access-control-expose-headers']).toMatch(/Location, ETag, Link/);
  });

  it('refuses writes of other pages and gives their reads no permission', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://gateway.example:8081', 'garbage']) {
      const refused = await post(origin);
      expect(refused.statusCode, origin).toBe(403);
      expect(refused.json().code).toBe('origin_not_allowed');
    }
    const read = await test.app.inject({ url: '/version', headers: { origin: 'https://evil.example' } });
    expect(read.headers['access-control-allow-origin']).toBeUndefined();
    expect(test.gateway.made).toHaveLength(0);
  });

  it('lets a listed page in, preflight included', async () => {
    await test.app.close();
    test = await buildTestApp('security: { allowed_origins: [https://app.example] }');
    expect((await post('https://app.example')).statusCode).toBe(201);
    const preflight = await test.app.inject({
      method: 'OPTIONS',
      url: '/api/v1/sessions/x',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'DELETE' },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-methods']).toContain('DELETE');
    expect(preflight.headers['access-control-allow-headers']).toContain('If-Match');
  });
});

describe('the API description', () => {
  it('is OpenAPI 3.1 with every route and no dangling reference', async () => {
    const document = (await get('/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual(
      [
        '/api/execute',
        '/api/manifest',
        '/api/status',
        '/api/stream',
        '/api/stream/{id}',
        '/api/stream/{id}/input',
        '/api/stream/{id}/output',
        '/api/v1/execute',
        '/api/v1/ice',
        '/api/v1/nodes',
        '/api/v1/nodes/{type}',
        '/api/v1/pipelines',
        '/api/v1/sessions',
        '/api/v1/sessions/{id}',
        '/api/v1/sessions/{id}/metrics',
        '/api/v1/sessions/{id}/utterances/{index}.wav',
        '/api/v1/stream',
        '/api/v1/stream/{id}',
        '/api/v1/stream/{id}/input',
        '/api/v1/stream/{id}/output',
        '/health',
        '/healthz',
        '/metrics',
        '/readyz',
        '/schemas/manifest.v1.json',
        '/version',
        '/whip',
        '/whip/sessions/{id}',
        '/whip/{pipeline}',
      ].sort(),
    );
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to!);
    expect(references.length).toBeGreaterThan(5);
    for (const reference of references) {
      const [, ...path] = reference.split('/');
      const target = path.reduce((value, key) => value?.[key], document);
      expect(target, reference).toBeTypeOf('object');
    }
    expect(Object.keys(document.components.schemas)).toContain('GatewayEvent');
  });
});

describe('the page', () => {
  it('says how to build itself when it is not built', async () => {
    const page = await get('/');
    expect(page.statusCode).toBe(503);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.body).toContain('make build');
  });

  it('comes with a policy that permits microphone and blobs, and no upgrade to https', async () => {
    const { headers } = await get('/');
    expect(headers['content-security-policy']).toMatch(/script-src 'self' blob: 'wasm-unsafe-eval'/);
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect(headers['permissions-policy']).toContain('microphone=(self)');
    expect(headers['strict-transport-security']).toBeUndefined();
  });
});

describe('a path that no router understands', () => {
  it.each([
    ['/%zz', 400, 'invalid_request'],
    [`/api/v1/sessions/${'a'.repeat(3000)}`, 400, 'invalid_request'],
    ['/ws', 426, 'upgrade_required'],
  ])('%.20s gets %i as problem+json', async (url, status, code) => {
    const response = await get(url);
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.json()).toMatchObject({ code, status });
  });
});
