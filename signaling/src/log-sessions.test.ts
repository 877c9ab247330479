import { afterEach, expect, it } from 'vitest';
import { createLogger } from './logging.js';
import { buildTestApp, type TestApp } from './testing/build.js';

let test: TestApp;
afterEach(() => test.app.close());

it('each step of a session is one info line with its id', async () => {
  const lines: Record<string, unknown>[] = [];
  const output = { write: (line: string) => lines.push(JSON.parse(line)) };
  test = await buildTestApp('', {}, () => {}, createLogger({ level: 'info', format: 'json' }, output));
  const session = test.gateway.createSession({ transport: 'whip', pipeline: 'meter' });
  session.remoteAddress = '192.0.2.9';
  session.enter('connecting');
  session.enter('connected');
  await session.close({ reason: 'network', code: 'connection_lost', message: 'Nothing came for 30 s' });
  expect(lines.map(({ msg, sessionId }) => [msg, sessionId])).toEqual([
    ['session opened', session.id],
    ['session connected', session.id],
    ['session closed', session.id],
  ]);
  expect(lines[0]).toMatchObject({ pipeline: 'meter', transport: 'whip' });
  expect(lines[1]).toMatchObject({ remoteAddress: '192.0.2.9' });
  expect(lines[2]).toMatchObject({
    reason: 'network',
    code: 'connection_lost',
    detail: 'Nothing came for 30 s',
    connected: true,
    durationMs: expect.any(Number),
  });
});

it('a session that ended before it was connected says so', async () => {
  const lines: Record<string, unknown>[] = [];
  const output = { write: (line: string) => lines.push(JSON.parse(line)) };
  test = await buildTestApp('', {}, () => {}, createLogger({ level: 'info', format: 'json' }, output));
  const session = test.gateway.createSession({ transport: 'whip' });
  session.enter('connecting');
  test.clock.now = session.createdAt.getTime() + 15_000;
  await session.close();
  expect(lines.at(-1)).toMatchObject({ msg: 'session closed', connected: false, durationMs: 15_000 });
});

it('nothing of the application stays with the gateway after its end', async () => {
  test = await buildTestApp();
  await test.app.close();
  expect(test.gateway.eventNames()).toEqual([]);
});
