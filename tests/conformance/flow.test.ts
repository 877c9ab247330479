/** How fast and slow clients are treated, on real sockets: nothing is lost, nothing grows without bound, who takes nothing is cut off. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ExecutionTransport } from '@remotemedia/gateway';
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import type { Item } from '@remotemedia/pipeline';
import type { RunningServer } from '@remotemedia/signaling';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../gateway/support/werift-client.js';
import { loadFixture } from '../signal/fixtures.js';
import { ECHO } from './cases.js';
import { type AudioSocketConversation, audioSocket } from './support/audio-socket.js';
import { messageOf, toBuffer } from './support/grpc.js';
import { RawGrpcStream } from './support/grpc-raw.js';
import { post } from './support/http.js';
import { startServer } from './support/server.js';
import { parse, serverEvents } from './support/server-events.js';
import { Refused } from './support/transport.js';
import { toWire } from './support/wire.js';

let server: RunningServer;
beforeEach(async () => {
  server = await startServer({
    REMOTEMEDIA_EXECUTION_SLOW_CONSUMER_MS: '500',
    REMOTEMEDIA_EXECUTION_EXECUTE_TIMEOUT_MS: '700',
    REMOTEMEDIA_LIMITS_OUTGOING_BYTES: '262144',
  });
});
afterEach(() => server.close());

/** A fifth of a second, which is not cut further. */
const piece = (): Item => ({ kind: 'audio', planes: [new Float32Array(9600)], sampleRate: 48_000 });
/** 115 MB: far more than all buffers between two processes of this machine hold. */
const MANY = 3000;

const slowReaders = (transport: ExecutionTransport) => server.execution.totals()[transport].slowReaders;
const theSession = async () => {
  while (server.execution.sessions.size === 0) await new Promise(setImmediate);
  return [...server.execution.sessions.values()][0]!;
};

/** Pushes until the session is over; resolves to how many it got rid of. */
async function flood(push: (item: Item) => Promise<void>, closed: Promise<unknown>): Promise<number> {
  let isClosed = false;
  const over = closed.then(() => {
    isClosed = true;
  });
  let pushed = 0;
  while (!isClosed && pushed < MANY) {
    await Promise.race([push(piece()), over]);
    pushed += 1;
  }
  await over;
  return pushed;
}

describe.skipIf(!isNativeRuntimeAvailable())('a client that sends and never reads', () => {
  it('over WebSocket is cut off, and had to wait long before', async () => {
    const conversation = (await audioSocket(server.url).open!({ manifest: ECHO })) as AudioSocketConversation;
    conversation.socket.pause();
    const session = await theSession();
    const pushed = await flood((item) => conversation.push(item), session.closed);
    expect(await session.closed).toBe('slow_consumer');
    expect(slowReaders('websocket')).toBe(1);
    expect(pushed).toBeLessThan(MANY);
    conversation.socket.resume();
    await expect(conversation.results()).rejects.toEqual(new Refused('closed with 4010'));
  });

  it('over gRPC is cut off, and had to wait long before', async () => {
    const client = new RawGrpcStream(server.grpcPort!);
    await client.write({ init: messageOf({ manifest: ECHO }) });
    const session = await theSession();
    const chunk = { data_chunk: { buffer: toBuffer(piece()) } };
    const pushed = await flood(() => client.write(chunk).catch(() => {}), session.closed);
    expect(await session.closed).toBe('slow_consumer');
    expect(slowReaders('grpc')).toBe(1);
    expect(pushed).toBeLessThan(MANY);
    client.close();
  });

  it('over HTTP is cut off; who comes again gets the rest, and is told what is lost', async () => {
    const { session_id } = await post<{ session_id: string }>(new URL('/api/v1/stream', server.url), {
      manifest: ECHO,
    });
    const input = new URL(`/api/v1/stream/${session_id}/input`, server.url);
    const output = new URL(`/api/v1/stream/${session_id}/output`, server.url);
    const reader = await openAndForget(output);
    let taken = 0;
    const pushAll = async () => {
      for (; taken < MANY; taken++) await post(input, { items: [toWire(piece())] });
    };
    await expect(pushAll()).rejects.toEqual(new Refused('session_busy'));
    // The last one is in, though it had to wait.
    taken += 1;
    expect(taken).toBeLessThan(MANY);
    await until(() => slowReaders('http') === 1, 'the reader is cut off');

    const seen = await drain(reader);
    await post(input, { end: true });
    const headers = { 'last-event-id': String(seen.at(-1)) };
    let lost = 0;
    for await (const { event, id, data } of serverEvents(await fetch(output, { headers }))) {
      if (event === 'gap') lost = JSON.parse(data).missed;
      if (id !== undefined) seen.push(Number(id));
    }
    expect(seen.length + lost).toBe(taken);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.at(-1)).toBe(taken - 1);
  });
});

describe.skipIf(!isNativeRuntimeAvailable())('flush', () => {
  it('ends open speech and is answered behind it; what follows goes on', async () => {
    const manifest = {
      version: 'v1',
      metadata: { name: 'vad' },
      nodes: [{ id: 'vad', node_type: 'SileroVADNode' }],
      connections: [],
    };
    const { socket } = (await audioSocket(server.url).open!({ manifest })) as AudioSocketConversation;
    const said: string[] = [];
    socket.on('message', (data, isBinary) => {
      if (isBinary) return;
      const { type, output } = JSON.parse(String(data));
      said.push(output?.event?.type ?? type);
    });
    // From the middle of one sentence, twice.
    const { samples } = loadFixture('speech');
    for (let round = 0; round < 2; round++) {
      const speech = samples.slice(0, 48_000 * 3);
      socket.send(Buffer.from(speech.buffer));
      socket.send('{"type":"flush"}');
    }
    socket.send('{"type":"end"}');
    await once(socket, 'close');
    const turn = ['speech_started', 'speech_stopped', 'flushed'];
    expect(said.filter((type) => turn.includes(type))).toEqual([...turn, ...turn]);
  });
});

/** A reader that asks and never reads the answer. */
async function openAndForget({ hostname, port, pathname }: URL): Promise<Socket> {
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  socket.pause();
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
  return socket;
}

/** The ids of the events that a forgotten reader finds, up to the last that is whole. */
async function drain(socket: Socket): Promise<number[]> {
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
  });
  socket.resume();
  await once(socket, 'close');
  // Undo the chunked encoding: sizes stand in lines of their own, and no result contains a line.
  const body = text.replace(/\r\n[0-9a-f]+\r\n/g, '');
  return body
    .split('\n\n')
    .slice(0, -1)
    .flatMap(parse)
    .flatMap(({ id }) => (id === undefined ? [] : [Number(id)]));
}
