import type { ExecutionRequest, ExecutionService, ExecutionSession } from '@remotemedia/gateway';
import type { PipelineOutput } from '@remotemedia/pipeline';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { AudioConnection } from './connection.js';

const settle = () => new Promise(setImmediate);

/** A socket whose client takes what is sent when `take` is called. */
function slowSocket() {
  const said: string[] = [];
  const untaken: (() => void)[] = [];
  const socket = {
    readyState: 1,
    bufferedAmount: 1,
    send(data: string, done?: () => void) {
      said.push(JSON.parse(data).type);
      if (done) untaken.push(done);
    },
    pause() {},
    resume() {},
    close() {},
  };
  const take = async () => {
    for (const taken of untaken.splice(0)) taken();
    await settle();
  };
  return { socket: socket as unknown as WebSocket, said, take };
}

/** A session that gives results when it is told to; a flush waits for three of them. */
function session() {
  let isOver = false;
  let wake = () => {};
  const results: PipelineOutput[] = [];
  async function* read() {
    for (;;) {
      for (const result of results.splice(0)) yield result;
      if (isOver) throw new Error('closed');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  const close = async () => {
    isOver = true;
    wake();
  };
  const give = (sequence: number) => {
    results.push({ sequence, nodeId: 'n', item: { kind: 'value', value: sequence } } as PipelineOutput);
    wake();
    return settle();
  };
  const running = { id: 'exe', pipeline: 'p', outputs: read(), flush: async () => 3, close };
  return { running: running as unknown as ExecutionSession, give };
}

it('a flush is answered after results of its own session, whatever of a replaced one was still under way', async () => {
  const [former, latter] = [session(), session()];
  const requests: ExecutionRequest[] = [];
  const execution = {
    open: async (request: ExecutionRequest) => [former, latter][requests.push(request) - 1]!.running,
  } as unknown as ExecutionService;
  const { socket, said, take } = slowSocket();
  const connection = new AudioConnection(socket, execution, {
    query: { pipeline: 'echo', encoding: 's16le', sample_rate: 16_000, channels: 1 },
    limitBytes: 2,
    patienceMs: 60_000,
    onInternalError: () => {},
  });
  connection.open();
  await settle();
  await take();
  await former.give(4);
  connection.receive(Buffer.from('{"type":"start","pipeline":"other"}'), false);
  connection.receive(Buffer.from('{"type":"flush"}'), false);
  await settle();
  await take();
  await take();
  expect(said).toEqual(['started', 'output', 'started']);
  for (const sequence of [0, 1, 2]) {
    expect(said).not.toContain('flushed');
    await latter.give(sequence);
    await take();
  }
  expect(said).toEqual(['started', 'output', 'started', 'output', 'output', 'output', 'flushed']);
  await take();
  await connection.close();
});
