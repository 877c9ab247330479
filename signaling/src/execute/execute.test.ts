import { encodeWav } from '@remotemedia/pipeline';
import type { InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildTestApp, chain, type TestApp } from '../testing/build.js';

let test: TestApp;
beforeEach(async () => {
  test = await buildTestApp();
});
afterEach(async () => {
  await test.execution.close();
  await test.app.close();
});

const post = (payload: object, more: InjectOptions = {}) =>
  test.app.inject({ method: 'POST', url: '/api/v1/execute', payload, ...more });

const ramp = Int16Array.from({ length: 1600 }, (_, index) => index * 16);

describe('POST /api/v1/execute', () => {
  it('runs a named pipeline on every value of a list', async () => {
    const { statusCode, json } = await post({ pipeline: 'calculator', input: [5, 7, 3] }).then((reply) => ({
      statusCode: reply.statusCode,
      json: reply.json(),
    }));
    expect(statusCode).toBe(200);
    expect(json.values).toEqual([20, 24, 16]);
    expect(json.outputs[0]).toMatchObject({ kind: 'value', value: 20, sequence: 0 });
    expect(json.events).toEqual([]);
    expect(json.metrics).toHaveProperty('total_executions');
  });

  it('runs an inline manifest, on falsy values too', async () => {
    const manifest = chain({ node_type: 'PassThrough' });
    for (const value of [0, '', false, null]) {
      expect((await post({ manifest, input: value })).json().values, String(value)).toEqual([value]);
    }
  });

  it('takes audio in Base64 and gives it back in the same place', async () => {
    const data = Buffer.from(ramp.buffer).toString('base64');
    const items = [{ kind: 'audio', encoding: 's16le', sample_rate: 16_000, channels: 1, data }];
    const { outputs, values } = (await post({ items, audio_encoding: 's16le' })).json();
    expect(outputs).toHaveLength(1);
    expect(outputs[0]).toMatchObject({ kind: 'audio', sample_rate: 16_000, channels: 1, data });
    expect(values).toEqual([]);
  });

  it('takes a WAV file and gives one, where that is wanted', async () => {
    const wav = Buffer.from(encodeWav(ramp, 16_000));
    const headers = { 'content-type': 'audio/wav', accept: 'audio/wav' };
    const reply = await post(wav, { headers });
    expect(reply.headers['content-type']).toBe('audio/wav');
    expect(reply.rawPayload.equals(wav)).toBe(true);
  });

  it('says where there is no audio to give, and no WAV to take', async () => {
    const noAudio = await post({ pipeline: 'calculator', input: 1 }, { headers: { accept: 'audio/wav' } });
    expect(noAudio.json()).toMatchObject({ status: 406, code: 'not_acceptable' });
    const noWav = await post(Buffer.from('RIFFrubbish'), { headers: { 'content-type': 'audio/wav' } });
    expect(noWav.json()).toMatchObject({ status: 422, code: 'invalid_input' });
    for (const rate of [1, 999, 4_000_000_000]) {
      const odd = await post(Buffer.from(encodeWav(ramp, rate)), {
        headers: { 'content-type': 'audio/wav' },
      });
      expect(odd.json(), `${rate} Hz`).toMatchObject({ status: 422, code: 'invalid_input' });
    }
    const cut = Buffer.from(encodeWav(ramp, 16_000)).subarray(0, 1000);
    const short = await post(cut, { headers: { 'content-type': 'audio/wav' } });
    expect(short.json()).toMatchObject({
      status: 422,
      code: 'invalid_input',
      detail: expect.stringContaining('3200 bytes of samples, and 956 came'),
    });
  });

  it('takes what the address says for a JSON body too, unless that says otherwise', async () => {
    const at = (query: string, body: object) => post(body, { url: `/api/v1/execute${query}` });
    expect((await at('?pipeline=calculator', { input: 5 })).json().values).toEqual([20]);
    expect((await at('?pipeline=nope', { pipeline: 'calculator', input: 5 })).json().values).toEqual([20]);
    expect((await at('?pipelin=calculator', { input: 5 })).json()).toMatchObject({
      code: 'invalid_request',
      detail: 'querystring/pipelin is not known here',
    });
  });

  it('refuses bodies of other types, and numbers that JSON can write and nobody can hold', async () => {
    const text = await post(Buffer.from('{"input":1}'), { headers: { 'content-type': 'text/plain' } });
    expect(text.json()).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
      detail: 'Unsupported Media Type. Send application/json or audio/wav',
    });
    const headers = { 'content-type': 'application/json' };
    const huge = await post(Buffer.from('{"pipeline":"calculator","input":[{"a":[1e400]}]}'), { headers });
    expect(huge.json()).toMatchObject({
      code: 'invalid_input',
      detail: expect.stringContaining('too large'),
    });
  });

  it('refuses what it cannot understand, in problem+json', async () => {
    const deep = JSON.parse(`${'['.repeat(100)}1${']'.repeat(100)}`);
    const audio = { kind: 'audio', encoding: 's16le', sample_rate: 16_000, channels: 1 };
    const refused: [object, string][] = [
      [{}, 'invalid_request'],
      [{ input: 1, items: [] }, 'invalid_request'],
      [{ pipeline: 'a', manifest: {}, input: 1 }, 'invalid_request'],
      [{ pipeline: 'nope', input: 1 }, 'unknown_pipeline'],
      [{ pipeline: 7, input: 1, items: 3 }, 'invalid_request'],
      [{ pipeline: ['calculator'], input: 1 }, 'invalid_request'],
      [{ pipeline: null, input: 1 }, 'invalid_request'],
      [{ pipelin: 'calculator', input: 1 }, 'invalid_request'],
      [{ pipeline: 'echo', items: { kind: 'value', value: 1 } }, 'invalid_request'],
      [{ items: [{ ...audio, sample_rate: '16000', data: 'AAA=' }] }, 'invalid_request'],
      [{ manifest: { nodes: [{ id: 'a', module: './a.js' }] }, input: 1 }, 'module_not_allowed'],
      [{ manifest: chain({ node_type: 'Nonsense' }), input: 1 }, 'invalid_manifest'],
      [{ pipeline: 'calculator', input: 'five' }, 'invalid_input'],
      [{ input: [deep] }, 'invalid_input'],
      [
        {
          items: [
            { ...audio, data: 'AAA=' },
            { ...audio, data: '?!' },
          ],
        },
        'invalid_input',
      ],
      [{ items: [{ ...audio, data: 'AAAA' }] }, 'invalid_input'],
      [{ items: [{ kind: 'video' }] }, 'invalid_request'],
    ];
    const typing = (await post({ pipelin: 'calculator', inputs: 1 })).json();
    expect(typing.detail).toBe('body/pipelin is not known here, body/inputs is not known here');
    for (const [body, code] of refused) {
      const reply = await post(body);
      expect(reply.json().code, JSON.stringify(body).slice(0, 100)).toBe(code);
      expect(reply.headers['content-type']).toBe('application/problem+json');
    }
    expect(test.execution.sessions.size).toBe(0);
  });
});
