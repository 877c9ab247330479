import { encodeWav } from '@remotemedia/pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildTestApp, chain, type TestApp } from '../testing/build.js';

let test: TestApp;
beforeEach(async () => {
  test = await buildTestApp('execution: { output_items: 4, execute_timeout_ms: 100 }');
});
afterEach(async () => {
  await test.execution.close();
  await test.app.close();
});

const inject = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object, headers = {}) =>
  test.app.inject({ method, url: `/api/v1/stream${url}`, headers, ...(payload && { payload }) });
const open = async (body: object = { pipeline: 'calculator' }): Promise<string> =>
  `/${(await inject('POST', '', body)).json().session_id}`;

/** Server-sent events of a text; comments have none. */
const eventsIn = (text: string) =>
  text
    .split('\n\n')
    .map((block) => Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))))
    .filter(({ data }) => data !== undefined)
    .map(({ id, event, data }) => ({ id, event, data: JSON.parse(data!) }));

describe('a stream over HTTP', () => {
  it('gives results with ids, and says when they are over', async () => {
    const id = await open();
    const { statusCode, json } = await inject('POST', `${id}/input`, { input: [5, 7] }).then((reply) => ({
      statusCode: reply.statusCode,
      json: reply.json(),
    }));
    expect([statusCode, json]).toEqual([202, { accepted: 2 }]);
    await inject('POST', `${id}/input`, { input: 3, end: true });
    const reply = await inject('GET', `${id}/output`);
    expect(reply.headers['content-type']).toBe('text/event-stream');
    const events = eventsIn(reply.body);
    expect(events.map((event) => [event.id, event.event, event.data.value])).toEqual([
      ['0', undefined, 20],
      ['1', undefined, 24],
      ['2', undefined, 16],
      [undefined, 'end', undefined],
    ]);
    expect(events.at(-1)!.data.metrics).toHaveProperty('node_metrics');
    // Its place is free, though its results are kept.
    expect(test.execution.sessions.size).toBe(0);
  });

  it('goes on where a reader says that it left, and sends it home when all was read', async () => {
    const id = await open();
    await inject('POST', `${id}/input`, { input: [1, 2, 3], end: true });
    await inject('GET', `${id}/output`);
    const again = eventsIn((await inject('GET', `${id}/output`, undefined, { 'last-event-id': '0' })).body);
    expect(again.map((event) => event.id ?? event.event)).toEqual(['1', '2', 'end']);
    const home = await inject('GET', `${id}/output`, undefined, { 'last-event-id': '2' });
    expect(home.statusCode).toBe(204);
  });

  it('refuses input when nobody reads the results, and says how much it took', async () => {
    const id = await open();
    const numbers = Array.from({ length: 2000 }, (_, index) => index);
    const refused = await inject('POST', `${id}/input`, { input: numbers });
    expect(refused.json()).toMatchObject({ status: 429, code: 'session_busy' });
    const taken = Number(/Only (\d+) items/.exec(refused.json().detail)![1]);
    expect(taken).toBeGreaterThan(4);
    expect(taken).toBeLessThan(2000);
    await inject('POST', `${id}/input`, { end: true });
    const values = eventsIn((await inject('GET', `${id}/output`)).body).flatMap(
      ({ data }) => data.value ?? [],
    );
    expect(values).toEqual(numbers.slice(0, taken).map((number) => number * 2 + 10));
  });

  it('takes WAV files', async () => {
    const id = await open({ manifest: chain({ node_type: 'PassThrough' }), audio_encoding: 's16le' });
    const wav = Buffer.from(encodeWav(new Int16Array(160).fill(7), 16_000));
    const reply = await inject('POST', `${id}/input?end=true`, wav, { 'content-type': 'audio/wav' });
    expect(reply.json()).toEqual({ accepted: 1 });
    const [first] = eventsIn((await inject('GET', `${id}/output`)).body);
    expect(first!.data).toMatchObject({ kind: 'audio', encoding: 's16le', sample_rate: 16_000 });
    expect(Buffer.from(first!.data.data, 'base64').equals(wav.subarray(44))).toBe(true);
  });

  it('ends where the address says so, beside a JSON body', async () => {
    const id = await open();
    await inject('POST', `${id}/input?end=true`, { input: 3 });
    const events = eventsIn((await inject('GET', `${id}/output`)).body);
    expect(events.map((event) => event.id ?? event.event)).toEqual(['0', 'end']);
  });

  it('tells its reader what ended it', async () => {
    const id = await open();
    await inject('POST', `${id}/input`, { input: ['five'] });
    const events = eventsIn((await inject('GET', `${id}/output`)).body);
    expect(events.at(-1)).toMatchObject({ event: 'failure', data: { code: 'invalid_input', status: 422 } });
    expect(test.execution.totals().http.nodeErrors).toMatchObject({ invalid_input: 1, permanent: 0 });
  });

  it('refuses input of a kind that it does not take, and goes on', async () => {
    const id = await open();
    const binary = { items: [{ kind: 'binary', data: 'AAAA' }] };
    const refused = await inject('POST', `${id}/input`, binary);
    expect(refused.json()).toMatchObject({ status: 422, code: 'invalid_input' });
    await inject('POST', `${id}/input`, { input: 1, end: true });
    const events = eventsIn((await inject('GET', `${id}/output`)).body);
    expect(events[0]!.data.value).toBe(12);
  });

  it('ends when it is deleted, and is not found any more', async () => {
    const id = await open();
    const reading = inject('GET', `${id}/output`);
    await new Promise(setImmediate);
    expect((await inject('DELETE', id)).statusCode).toBe(204);
    await reading.catch(() => {});
    expect(test.execution.sessions.size).toBe(0);
    for (const reply of [await inject('DELETE', id), await inject('GET', `${id}/output`)]) {
      expect(reply.json()).toMatchObject({ status: 404, code: 'session_not_found' });
    }
  });

  it('refuses a Last-Event-ID that it cannot have given', async () => {
    const id = await open();
    const ask = (from: string) => inject('GET', `${id}/output`, undefined, { 'last-event-id': from });
    const refusal = { status: 400, code: 'invalid_request' };
    expect((await ask('x')).json()).toMatchObject(refusal);
    expect((await ask('0')).json()).toMatchObject({
      ...refusal,
      detail: expect.stringContaining('none yet'),
    });
    await inject('POST', `${id}/input`, { input: [1, 2], end: true });
    await inject('GET', `${id}/output`);
    const ahead = (await ask('2')).json();
    expect(ahead).toMatchObject({ ...refusal, detail: expect.stringContaining('last one was 1') });
    expect((await ask('1')).statusCode).toBe(204);
  });
});
