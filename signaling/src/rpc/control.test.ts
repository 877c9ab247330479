import { Compile } from 'typebox/compile';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { METHODS, NOTIFICATIONS, SERVER_PEER_ID } from '../protocol/index.js';
import { buildTestApp, type TestApp } from '../testing/build.js';
import { TestClient } from '../testing/client.js';
import { type FakeSession, OFFER } from '../testing/fake-gateway.js';

let test: TestApp;
let alice: TestClient;
let session: FakeSession;
beforeEach(async () => {
  test = await buildTestApp();
  alice = await TestClient.open(test.app);
  await alice.announce('alice');
  await alice.call('peer.offer', { from: 'alice', to: SERVER_PEER_ID, sdp: OFFER });
  session = test.gateway.made[0]!;
});
afterEach(() => test.app.close());

const told = () => alice.received.filter(({ method }) => method === 'control.event');

/** Calls, and checks that the result is what the schema promises. */
async function call<M extends keyof typeof METHODS>(method: M, params: object): Promise<unknown> {
  const { result } = await alice.call(method, params);
  expect(Compile(METHODS[method].result).Check(result), JSON.stringify(result)).toBe(true);
  return result;
}

describe('what a node gives', () => {
  it('is told to who subscribed, each kind in its shape, until it is unsubscribed', async () => {
    expect(await call('control.subscribe', { topic: 'vad.out' })).toEqual({
      subscribed: true,
      topic: 'vad.out',
    });
    const { listener, audio } = session.topics.get('vad.out')!;
    expect(audio).toBe(false);
    listener({ kind: 'json', value: { type: 'speech_started' } });
    listener({ kind: 'text', text: 'hello' });
    listener({ kind: 'binary', data: new Uint8Array([1, 2, 3]) });
    await alice.find(({ params }) => params?.kind === 'binary');
    expect(told().map(({ params }) => [params.kind, params.payload])).toEqual([
      ['json', { type: 'speech_started' }],
      ['text', 'hello'],
      ['binary', { size: 3, b64: 'AQID' }],
    ]);
    for (const { params } of told()) {
      expect(params.topic).toBe('vad.out');
      expect(Compile(NOTIFICATIONS['control.event']).Check(params)).toBe(true);
    }
    const gone = { unsubscribed: true, topic: 'vad.out' };
    expect(await call('control.unsubscribe', { topic: 'vad.out' })).toEqual(gone);
    expect(session.topics.size).toBe(0);
    expect(await call('control.unsubscribe', { topic: 'vad.out' })).toEqual({ ...gone, unsubscribed: false });
  });

  it('includes audio where it was asked for, interleaved', async () => {
    await call('control.subscribe', { topic: 'mix.out', include_audio: true });
    const { listener, audio } = session.topics.get('mix.out')!;
    expect(audio).toBe(true);
    const samples = Float32Array.of(1, 2, 3, -1, -2, -3);
    listener({ kind: 'audio', samples, sampleRate: 16_000, channels: 2, mediaTimeSamples: 160 });
    const { params } = await alice.find(({ method }) => method === 'control.event');
    const { samples_b64, ...rest } = params.payload;
    expect(rest).toEqual({ size: 6, sample_rate: 16_000, channels: 2, media_time_samples: 160 });
    const bytes = Buffer.from(samples_b64, 'base64');
    const heard = Array.from({ length: 6 }, (_, at) => bytes.readFloatLE(at * 4));
    expect(heard).toEqual([1, -1, 2, -2, 3, -3]);
  });

  it('asked for once more, is told once, as it was asked for last', async () => {
    await call('control.subscribe', { topic: 'vad.out' });
    const first = session.topics.get('vad.out');
    await call('control.subscribe', { topic: 'vad.out', include_audio: true });
    expect(session.topics.get('vad.out')).not.toBe(first);
    expect(session.topics.get('vad.out')?.audio).toBe(true);
  });

  it('is told on so many topics and no more', async () => {
    for (let n = 0; n < 64; n++) await call('control.subscribe', { topic: `n${n}.out` });
    const { error } = await alice.call('control.subscribe', { topic: 'n64.out' });
    expect(error).toMatchObject({ code: -32008, data: { code: 'too_many_topics' } });
    await call('control.subscribe', { topic: 'n0.out', include_audio: true });
  });
});

describe('a session', () => {
  it('takes messages for its nodes in every shape that clients write', async () => {
    for (const payload of [
      { text: 'say' },
      { json: { a: [0, null] } },
      { binary_b64: 'AQID' },
      'bare',
      { text: 'and', more: 1 },
      { json: null },
    ])
      expect(await call('control.publish', { topic: 'llm.in', payload })).toEqual({
        published: true,
        topic: 'llm.in',
      });
    expect(session.published.map(({ message }) => message)).toEqual([
      { kind: 'text', text: 'say' },
      { kind: 'json', value: { a: [0, null] } },
      { kind: 'binary', data: Buffer.from([1, 2, 3]) },
      { kind: 'text', text: 'bare' },
      { kind: 'json', value: { text: 'and', more: 1 } },
      { kind: 'json', value: null },
    ]);
  });

  it('switches its nodes and is interrupted', async () => {
    expect(await call('control.set_node_state', { node_id: 'denoise', state: 'bypass' })).toEqual({
      success: true,
      node_id: 'denoise',
      state: 'Bypass',
    });
    expect(session.nodeStates.get('denoise')).toBe('bypass');
    expect(await call('control.flush_audio', {})).toEqual({ flushed: true, frames_dropped: 7 });
  });

  it.each([
    [
      'an unknown node',
      'control.set_node_state',
      { node_id: 'nobody', state: 'bypass' },
      -32602,
      'unknown_node',
    ],
    [
      'an unknown state',
      'control.set_node_state',
      { node_id: 'vad', state: 'off' },
      -32602,
      'invalid_params',
    ],
    ['no topic', 'control.subscribe', {}, -32602, 'invalid_params'],
    ['a topic that is none', 'control.subscribe', { topic: 'vad' }, -32602, 'invalid_topic'],
    ['no payload', 'control.publish', { topic: 'llm.in' }, -32602, 'invalid_params'],
    ['an empty payload', 'control.publish', { topic: 'llm.in', payload: {} }, -32602, 'invalid_params'],
    [
      'a payload of two kinds',
      'control.publish',
      { topic: 'llm.in', payload: { text: 'a', json: 1 } },
      -32602,
      'invalid_params',
    ],
    [
      'a text that is none',
      'control.publish',
      { topic: 'llm.in', payload: { text: 5 } },
      -32602,
      'invalid_params',
    ],
    [
      'bytes that are not Base64',
      'control.publish',
      { topic: 'llm.in', payload: { binary_b64: '!!' } },
      -32602,
      'invalid_params',
    ],
    ['a number as payload', 'control.publish', { topic: 'llm.in', payload: 5 }, -32602, 'invalid_params'],
  ])('with %s refuses', async (_what, method, params, code, stable) => {
    const { error } = await alice.call(method, params);
    expect(error).toMatchObject({ code, data: { code: stable } });
    expect(session.published).toEqual([]);
  });

  it('says which states there are', async () => {
    const { error } = await alice.call('control.set_node_state', { node_id: 'vad', state: 'off' });
    expect(error?.message).toContain('params.state must be one of "enabled", "bypass", "disabled"');
  });

  it('must be there, and its client announced', async () => {
    await alice.call('peer.disconnect', { peer_id: SERVER_PEER_ID });
    const methods = ['subscribe', 'unsubscribe', 'publish', 'set_node_state', 'flush_audio'] as const;
    const bob = await TestClient.open(test.app);
    for (const method of methods) {
      const params = { topic: 'vad.out', payload: 'x', node_id: 'vad', state: 'bypass' };
      const { error } = await alice.call(`control.${method}`, params);
      expect(error).toMatchObject({ code: -32600, data: { code: 'no_session' } });
      const stranger = (await bob.call(`control.${method}`, params)).error;
      expect(stranger).toMatchObject({ code: -32600, data: { code: 'not_announced' } });
      expect(stranger?.message).toMatch(/^Not announced: /);
    }
  });

  it('takes its topics along when it ends', async () => {
    await call('control.subscribe', { topic: 'vad.out' });
    await session.close();
    expect(session.topics.size).toBe(0);
  });
});
