import { once } from 'node:events';
import { OpusPacketEncoder } from '@remotemedia/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { buildTestApp, chain, type TestApp } from '../testing/build.js';

let test: TestApp;
beforeEach(async () => {
  test = await buildTestApp();
});
afterEach(async () => {
  await test.execution.close();
  await test.app.close();
});

/** A client that keeps what it gets: messages parsed, audio in one piece. */
async function connect(query = '') {
  const said: Record<string, unknown>[] = [];
  const audio: Buffer[] = [];
  let socket!: WebSocket;
  await test.app.injectWS(`/api/v1/audio${query}`, { socket: { remoteAddress: '127.0.0.1' } } as never, {
    onInit: (opened) => {
      socket = opened as unknown as WebSocket;
      socket.on('message', (data, isBinary) => {
        if (isBinary) audio.push(data as Buffer);
        else said.push(JSON.parse(String(data)));
      });
    },
  });
  const closed = once(socket, 'close').then(([code]) => code as number);
  const say = (message: object) => socket.send(JSON.stringify(message));
  return { socket, said, audio, closed, say, types: () => said.map(({ type }) => type) };
}

const ramp = Int16Array.from({ length: 480 }, (_, index) => index * 32);
const pcm = Buffer.from(ramp.buffer);

describe('the audio WebSocket', () => {
  it('gives samples back as they came, and says what they are and when they are over', async () => {
    const client = await connect('?pipeline=echo&sample_rate=16000');
    for (let offset = 0; offset < pcm.length; offset += 320)
      client.socket.send(pcm.subarray(offset, offset + 320));
    client.say({ type: 'end' });
    expect(await client.closed).toBe(1000);
    expect(Buffer.concat(client.audio).equals(pcm)).toBe(true);
    expect(client.types()).toEqual(['started', 'audio_format', 'ended']);
    expect(client.said[0]).toMatchObject({ pipeline: 'echo', session_id: expect.stringMatching(/^exe_/) });
    expect(client.said[1]).toMatchObject({ encoding: 's16le', sample_rate: 16_000, channels: 1 });
    expect(test.execution.totals().websocket.closed.finished).toBe(1);
  });

  it('lets the first message say what the address does not, a manifest too', async () => {
    const client = await connect('?encoding=s16le');
    const manifest = chain(
      { node_type: 'GainNode', is_output_node: true },
      { node_type: 'AudioLevelNode', params: { window_ms: 10 } },
    );
    client.say({ type: 'start', encoding: 'f32le', sample_rate: 48_000, channels: 2, manifest });
    client.socket.send(Buffer.alloc(480 * 2 * 4));
    client.say({ type: 'end' });
    expect(await client.closed).toBe(1000);
    const said = (type: string) => client.said.find((message) => message['type'] === type);
    expect(said('audio_format')).toMatchObject({ encoding: 'f32le', channels: 2 });
    expect(said('output')).toMatchObject({
      output: { kind: 'event', event: { type: 'audio_level', is_silence: true } },
    });
  });

  it('takes and gives Opus packets, drops what is none, and fills up the last on flush', async () => {
    const encoder = await OpusPacketEncoder.create(48_000, 1);
    const planes = [Float32Array.from({ length: 960 }, (_, index) => Math.sin(index / 20) / 2)];
    const [packet] = encoder.encode({ kind: 'audio', planes, sampleRate: 48_000 });
    encoder.close();
    const client = await connect('?pipeline=echo&encoding=opus');
    client.socket.send(packet!);
    client.socket.send(Buffer.from([255, 255]));
    client.socket.send(packet!);
    client.say({ type: 'flush' });
    client.say({ type: 'end' });
    expect(await client.closed).toBe(1000);
    expect(client.audio).toHaveLength(2);
    expect(client.types()).toContain('flushed');
    expect(client.said.at(-1)).toMatchObject({ type: 'ended', packets_refused: 1 });
  });

  it('takes values as items', async () => {
    const client = await connect('?pipeline=calculator');
    client.say({ type: 'item', item: { kind: 'value', value: 5 } });
    client.say({ type: 'end' });
    expect(await client.closed).toBe(1000);
    expect(client.said[1]).toMatchObject({ type: 'output', output: { kind: 'value', value: 20 } });
  });

  const WHOLE = '?pipeline=echo&encoding=s16le&sample_rate=16000&channels=1';

  it('starts at once where the address says everything', async () => {
    const client = await connect(WHOLE);
    while (client.said.length === 0) await new Promise(setImmediate);
    expect(client.said[0]).toMatchObject({ type: 'started', pipeline: 'echo' });
    client.say({ type: 'start', sample_rate: 16_000 });
    client.socket.send(pcm);
    client.say({ type: 'end' });
    expect(await client.closed).toBe(1000);
    expect(client.types()).toEqual(['started', 'audio_format', 'ended']);
    expect(Buffer.concat(client.audio).equals(pcm)).toBe(true);
  });

  it('lets a first message win that says otherwise, as long as it is the first', async () => {
    const client = await connect(WHOLE);
    client.say({ type: 'start', pipeline: 'calculator' });
    client.say({ type: 'item', item: { kind: 'value', value: 5 } });
    client.say({ type: 'start', pipeline: 'echo' });
    expect(await client.closed).toBe(4009);
    const started = client.said.filter(({ type }) => type === 'started').map(({ pipeline }) => pipeline);
    expect(started).toEqual(['echo', 'calculator']);
    expect(client.said.at(-1)).toMatchObject({ type: 'error', code: 'invalid_request' });
    expect(test.execution.sessions.size).toBe(0);
    expect(test.execution.totals().websocket).toMatchObject({ opened: 2, open: 0 });
  });

  it.each([
    ['a pipeline that is not there', '?pipeline=nope', 'unknown_pipeline', 4009],
    ['a format that cannot be', '?pipeline=echo&encoding=opus&channels=3', 'invalid_request', 4009],
  ])('says at connect that it refuses %s', async (_, query, code, closeCode) => {
    const client = await connect(query);
    expect(await client.closed).toBe(closeCode);
    expect(client.said).toEqual([expect.objectContaining({ type: 'error', code })]);
    expect(test.execution.sessions.size).toBe(0);
  });

  it('says at connect that there is no place, where the address says everything', async () => {
    Object.defineProperty(test.execution, 'maxSessions', { value: 0 });
    const client = await connect(WHOLE);
    expect(await client.closed).toBe(1013);
    expect(client.said).toEqual([expect.objectContaining({ type: 'error', code: 'server_full' })]);
  });

  it.each([
    ['what is not JSON', '?', 'nonsense', 'invalid_json', 4009],
    ['what is no message', '?', '{"type":"stop"}', 'invalid_request', 4009],
    ['an unknown pipeline', '?pipeline=nope', '{"type":"start"}', 'unknown_pipeline', 4009],
    [
      'a module',
      '?',
      '{"type":"start","manifest":{"nodes":[{"module":"./x.js"}]}}',
      'module_not_allowed',
      4009,
    ],
    ['a misspelt start', '?', '{"type":"start","pipelin":"echo"}', 'invalid_request', 4009],
    [
      'a manifest without a bottom',
      '?',
      `{"type":"start","manifest":{"nodes":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`,
      'invalid_manifest',
      4009,
    ],
    ['half a sample', '?', Buffer.alloc(3), 'invalid_input', 4009],
    [
      'bytes where values are taken',
      '?pipeline=calculator',
      '{"type":"item","item":{"kind":"binary","data":"AAA="}}',
      'invalid_input',
      4009,
    ],
  ])('says what is wrong with %s, and closes', async (_, query, message, code, closeCode) => {
    const client = await connect(query);
    client.socket.send(message);
    expect(await client.closed).toBe(closeCode);
    expect(client.said.at(-1)).toMatchObject({ type: 'error', code });
    expect(test.execution.sessions.size).toBe(0);
  });

  it('sends a client away for later when all places are taken', async () => {
    await test.app.close();
    test = await buildTestApp();
    Object.defineProperty(test.execution, 'maxSessions', { value: 0 });
    const client = await connect();
    client.say({ type: 'start' });
    expect(await client.closed).toBe(1013);
    expect(client.said[0]).toMatchObject({ code: 'server_full' });
  });

  it('frees the session of a client that vanishes', async () => {
    const client = await connect();
    client.socket.send(Buffer.alloc(960));
    while (test.execution.sessions.size === 0 || client.said.length === 0) await new Promise(setImmediate);
    const [session] = [...test.execution.sessions.values()];
    client.socket.terminate();
    expect(await session!.closed).toBe('client');
  });

  it('is refused in problem+json where its address is wrong', async () => {
    const refused = await test.app.inject({ method: 'GET', url: '/api/v1/audio' });
    expect(refused.json().code).toBe('upgrade_required');
    for (const rate of ['fast', '0x3E80', '16e3', ''])
      await expect(connect(`?sample_rate=${rate}`), rate).rejects.toThrow(/400/);
  });
});
