import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../testing/build.js';
import { ANSWER, OFFER } from '../testing/fake-gateway.js';

let test: TestApp;
beforeEach(async () => {
  test = await buildTestApp();
});
afterEach(() => test.app.close());

const post = (payload: string | undefined = OFFER, url = '/whip', type = 'application/sdp') =>
  test.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': type },
    ...(payload !== undefined && { payload }),
  });

const FRAGMENT = [
  'a=ice-ufrag:clnt',
  'a=ice-pwd:secretsecretsecretsecret',
  'm=audio 9 UDP/TLS/RTP/SAVPF 0',
  'a=mid:0',
  'a=candidate:1 1 udp 2130706431 192.0.2.9 50000 typ host',
  'a=end-of-candidates',
  '',
].join('\r\n');

const patch = (url: string, headers: Record<string, string>, payload = FRAGMENT) =>
  test.app.inject({
    method: 'PATCH',
    url,
    headers: { 'content-type': 'application/trickle-ice-sdpfrag', ...headers },
    payload,
  });

describe('POST to the WHIP endpoint', () => {
  it('answers 201 with the answer, Location, a strong ETag and Link', async () => {
    const created = await post();
    expect(created.statusCode).toBe(201);
    expect(created.headers['content-type']).toBe('application/sdp');
    expect(created.headers.location).toBe('/whip/sessions/ses_0');
    expect(created.headers.etag).toBe('"serv"');
    expect(created.headers.link).toEqual(['</api/v1/sessions/ses_0>; rel="urn:remotemedia:session"']);
    expect(created.body).toBe(ANSWER);
    expect(test.gateway.made[0]?.transport).toBe('whip');
  });

  it('tells the configured ICE servers, credentials quoted', async () => {
    await test.app.close();
    const config = `ice: { servers: [{ urls: ["stun:s.example.org", "turn:t.example.org?transport=udp"], username: 'a"b', credential: 'c' }] }`;
    test = await buildTestApp(config);
    expect((await post()).headers.link).toContain(
      '<turn:t.example.org?transport=udp>; rel="ice-server"; username="a\\"b"; credential="c"; credential-type="password"',
    );
  });

  it('takes the pipeline from the path, and a charset in the content type', async () => {
    expect((await post(OFFER, '/whip/meter', 'application/sdp; charset=utf-8')).statusCode).toBe(201);
    expect(test.gateway.made[0]?.pipeline).toBe('meter');
  });

  it.each([
    ['another content type', '{}', '/whip', 'application/json', 415, 'unsupported_media_type'],
    ['an empty body', '', '/whip', 'application/sdp', 400, 'malformed_sdp'],
    ['no SDP', 'hello', '/whip', 'application/sdp', 400, 'malformed_sdp'],
    ['no audio', 'v=0\r\nm=video 9 X 96\r\n', '/whip', 'application/sdp', 422, 'no_audio'],
    ['an unknown pipeline', OFFER, '/whip/missing', 'application/sdp', 404, 'unknown_pipeline'],
  ])('refuses %s and leaves no session', async (_what, body, url, type, status, code) => {
    const refused = await post(body, url, type);
    expect(refused.statusCode).toBe(status);
    expect(refused.headers['content-type']).toBe('application/problem+json');
    expect(refused.json()).toMatchObject({ code, status });
    expect(test.gateway.sessions.size).toBe(0);
  });

  it('says which content type it takes, also when there is none', async () => {
    expect((await post('{}', '/whip', 'application/json')).headers['accept-post']).toBe('application/sdp');
    const bare = await test.app.inject({ method: 'POST', url: '/whip' });
    expect(bare.statusCode).toBe(415);
    expect(bare.headers['accept-post']).toBe('application/sdp');
  });

  it('answers 503 with Retry-After when full and when draining', async () => {
    test.gateway.maxSessions = 0;
    const full = await post();
    expect(full.statusCode).toBe(503);
    expect(full.headers['retry-after']).toBe('5');
    expect(full.json().code).toBe('server_full');
    test.gateway.drain();
    expect((await post()).json().code).toBe('draining');
  });

  it('closes the session of a client that leaves before its answer', async () => {
    await test.app.close();
    const responses: ServerResponse[] = [];
    test = await buildTestApp('', {}, (app) => {
      app.addHook('preHandler', async (_request, reply) => void responses.push(reply.raw));
    });
    let leave = () => {};
    test.gateway.prepare = (session) => {
      session.held = new Promise((resolve) => {
        leave = resolve;
      });
    };
    const opened = new Promise((done) => test.gateway.once('session_opened', done));
    const lost = expect(post()).rejects.toThrow('destroyed');
    await opened;
    responses[0]?.destroy();
    await lost;
    leave();
    expect(test.gateway.made[0]?.closeInfo?.code).toBe('signaling_lost');
    expect(test.gateway.sessions.size).toBe(0);
  });
});

describe('other methods on the WHIP endpoint', () => {
  it.each(['/whip', '/whip/echo'])('%s tells what it takes by OPTIONS, and GET is empty', async (url) => {
    const options = await test.app.inject({ method: 'OPTIONS', url });
    expect(options.statusCode).toBe(204);
    expect(options.headers['accept-post']).toBe('application/sdp');
    const got = await test.app.inject({ method: 'GET', url });
    expect(got.statusCode).toBe(204);
    expect(got.body).toBe('');
  });

  it('refuses PUT, HEAD and DELETE with 405', async () => {
    for (const method of ['PUT', 'HEAD', 'DELETE'] as const) {
      const refused = await test.app.inject({ method, url: '/whip' });
      expect(refused.statusCode, method).toBe(405);
      expect(refused.headers.allow).toContain('POST');
    }
  });
});

describe('the WHIP session', () => {
  let url: string;
  beforeEach(async () => {
    url = String((await post()).headers.location);
  });

  it('takes candidates by PATCH with the ETag: 204, no new ETag', async () => {
    const done = await patch(url, { 'if-match': '"serv"' });
    expect(done.statusCode).toBe(204);
    expect(done.headers.etag).toBeUndefined();
    expect(test.gateway.made[0]?.candidates).toEqual([
      {
        candidate: 'candidate:1 1 udp 2130706431 192.0.2.9 50000 typ host',
        sdpMid: '0',
        sdpMLineIndex: null,
      },
      null,
    ]);
  });

  it.each([
    ['no If-Match', {}, FRAGMENT, 428, 'precondition_required'],
    ['a stale ETag', { 'if-match': '"other"' }, FRAGMENT, 412, 'precondition_failed'],
    ['a weak ETag', { 'if-match': 'W/"serv"' }, FRAGMENT, 412, 'precondition_failed'],
    ['an ICE restart', { 'if-match': '*' }, FRAGMENT, 422, 'ice_restart_unsupported'],
    [
      'new credentials',
      { 'if-match': '"serv"' },
      FRAGMENT.replace('clnt', 'new1'),
      422,
      'ice_restart_unsupported',
    ],
    ['a fragment of garbage', { 'if-match': '"serv"' }, 'garbage', 400, 'malformed_fragment'],
    ['an empty fragment', { 'if-match': '"serv"' }, 'm=audio 9 X 0\r\n', 400, 'malformed_fragment'],
    ['endless lines', { 'if-match': '"serv"' }, 'a=x\r\n'.repeat(600), 400, 'malformed_fragment'],
    ['a bad candidate', { 'if-match': '"serv"' }, 'a=candidate:nonsense\r\n', 400, 'malformed_candidate'],
    [
      'another content type',
      { 'if-match': '"serv"', 'content-type': 'application/sdp' },
      FRAGMENT,
      415,
      'unsupported_media_type',
    ],
  ])('refuses %s and lives on', async (_what, headers, body, status, code) => {
    const refused = await patch(url, headers, body);
    expect(refused.statusCode).toBe(status);
    expect(refused.json().code).toBe(code);
    expect(test.gateway.sessions.size).toBe(1);
  });

  it('ends by DELETE, whatever the ETag, and is 404 from then on', async () => {
    const ended = await test.app.inject({ method: 'DELETE', url, headers: { 'if-match': '"other"' } });
    expect(ended.statusCode).toBe(200);
    expect(test.gateway.made[0]?.closeInfo?.code).toBe('client_closed');
    expect((await test.app.inject({ method: 'DELETE', url })).statusCode).toBe(404);
    expect((await patch(url, { 'if-match': '"serv"' })).statusCode).toBe(404);
  });

  it('is not reached through WHIP when it belongs to a WebSocket', async () => {
    const session = test.gateway.createSession({ transport: 'websocket' });
    const refused = await test.app.inject({ method: 'DELETE', url: `/whip/sessions/${session.id}` });
    expect(refused.statusCode).toBe(404);
  });

  it('refuses GET and POST with 405, and tells by OPTIONS what PATCH takes', async () => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT'] as const) {
      expect((await test.app.inject({ method, url })).statusCode, method).toBe(405);
    }
    const options = await test.app.inject({ method: 'OPTIONS', url });
    expect(options.statusCode).toBe(204);
    expect(options.headers['accept-patch']).toBe('application/trickle-ice-sdpfrag');
  });
});
