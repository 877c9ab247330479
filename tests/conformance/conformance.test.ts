/** One service, many ways to it: the same inputs give the same results and the same refusals over each, on real sockets. */
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import type { RunningServer } from '@remotemedia/signaling';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASES, ECHO, essence, REFUSALS, value } from './cases.js';
import { audioSocket } from './support/audio-socket.js';
import { grpcExecute, grpcStream } from './support/grpc.js';
import { GrpcClient } from './support/grpc-client.js';
import { httpExecute, httpStream } from './support/http.js';
import { inProcess } from './support/in-process.js';
import { startServer } from './support/server.js';
import { Refused, type Transport } from './support/transport.js';

const NAMES = ['HTTP execute', 'HTTP stream', 'WebSocket', 'gRPC execute', 'gRPC stream'];
const STREAMING = ['HTTP stream', 'WebSocket', 'gRPC stream'];

/** As what a session ends whose client is gone. */
const VANISHED: Record<string, string[]> = {
  // It might come again, until nothing has happened for too long.
  'HTTP stream': ['idle'],
  WebSocket: ['client'],
  // A call that is reset ends its requests first, and is cancelled a moment later.
  'gRPC stream': ['client', 'finished'],
};

let server: RunningServer;
let client: GrpcClient;
let reference: Transport;
let transports: Map<string, Transport>;
beforeAll(async () => {
  // Short, for the HTTP stream, whose client is allowed to come again.
  server = await startServer({ REMOTEMEDIA_EXECUTION_IDLE_TIMEOUT_MS: '1500' });
  client = new GrpcClient(server.grpcPort!);
  reference = inProcess(server.execution);
  const { url } = server;
  const all = [httpExecute(url), httpStream(url), audioSocket(url), grpcExecute(client), grpcStream(client)];
  transports = new Map(all.map((transport) => [transport.name, transport]));
});
afterAll(async () => {
  client?.close();
  await server?.close();
});

/** The one session that runs; waits for it to be opened. */
async function theSession() {
  while (server.execution.sessions.size === 0) await new Promise(setImmediate);
  return [...server.execution.sessions.values()][0]!;
}

describe.skipIf(!isNativeRuntimeAvailable()).each(NAMES)('over %s', (name) => {
  it.each(CASES)('$name gives what it gives in process', async ({ choice, items }) => {
    const expected = essence(await reference.run(choice, items));
    const found = essence(await transports.get(name)!.run(choice, items));
    expect(found.values).toEqual(expected.values);
    expect(found.events).toEqual(expected.events);
    expect(found.format).toEqual(expected.format);
    expect(found.samples.equals(expected.samples)).toBe(true);
    expect(expected.values.length + expected.events.length + expected.samples.length).toBeGreaterThan(0);
  });

  it.each(REFUSALS)('$name is refused with the same code', async ({ choice, items, code }) => {
    await expect(reference.run(choice, items)).rejects.toEqual(new Refused(code));
    await expect(transports.get(name)!.run(choice, items)).rejects.toEqual(new Refused(code));
    expect(server.execution.sessions.size).toBe(0);
  });
});

describe.skipIf(!isNativeRuntimeAvailable()).each(STREAMING)('a session over %s', (name) => {
  it('gives results while it is being fed, and ends at once when it is cancelled', async () => {
    const conversation = await transports.get(name)!.open!({ manifest: ECHO });
    const reading = conversation.results().catch(() => {});
    await conversation.push(value('one'));
    const session = await theSession();
    await conversation.cancel();
    expect(await session.closed).toBe('client');
    await reading;
  });

  it('is freed when its client vanishes', async () => {
    const transport = transports.get(name)!;
    const before = server.execution.totals()[transport.counted].open;
    const conversation = await transport.open!({ manifest: ECHO });
    const reading = conversation.results().catch(() => {});
    await conversation.push(value('one'));
    const session = await theSession();
    conversation.vanish();
    expect(VANISHED[name]).toContain(await session.closed);
    await reading;
    expect(server.execution.totals()[transport.counted].open).toBe(before);
  });
});
