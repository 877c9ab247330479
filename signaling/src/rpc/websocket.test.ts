import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../logging.js';
import { buildTestApp, type TestApp } from '../testing/build.js';
import { TestClient } from '../testing/client.js';

let test: TestApp;
const open = async (config = '', headers = {}) => {
  test = await buildTestApp(config);
  return TestClient.open(test.app, headers);
};
afterEach(async () => {
  vi.useRealTimers();
  await test.app.close();
});

describe('a message', () => {
  it.each([
    ['no JSON', '{"jsonrpc":', -32700, 'invalid_json', null],
    ['JSON of another kind', '42', -32600, 'invalid_request', null],
    ['no version', '{"id":3,"method":"peer.list"}', -32600, 'invalid_request', 3],
    ['no method', '{"jsonrpc":"2.0","id":"x"}', -32600, 'invalid_request', 'x'],
    ['an unknown method', '{"jsonrpc":"2.0","id":4,"method":"peer.dance"}', -32601, 'unknown_method', 4],
    ['a method of Object', '{"jsonrpc":"2.0","id":4,"method":"constructor"}', -32601, 'unknown_method', 4],
    [
      'bad params',
      '{"jsonrpc":"2.0","id":5,"method":"peer.offer","params":{"from":1}}',
      -32602,
      'invalid_params',
      5,
    ],
    ['an object as id', '{"jsonrpc":"2.0","id":{},"method":"peer.list"}', -32600, 'invalid_request', null],
    ['an empty batch', '[]', -32600, 'invalid_request', null],
    ['a huge batch', JSON.stringify(Array(51).fill({})), -32600, 'invalid_request', null],
    ['bottomless nesting', `${'['.repeat(200_000)}`, -32600, 'invalid_request', null],
  ])(
    'with %s gets a coded error with its id, and the socket lives',
    async (_what, text, code, stable, id) => {
      const client = await open();
      client.send(text);
      const { error, id: answered } = await client.find((message) => message.error !== undefined);
      expect(error).toMatchObject({ code, data: { code: stable } });
      expect(answered).toBe(id);
      expect((await client.call('peer.list')).result.count).toBe(0);
    },
  );

  it('without id gets no answer, and one with id null gets one', async () => {
    const client = await open();
    client.send('{"jsonrpc":"2.0","method":"peer.list"}');
    client.send('{"jsonrpc":"2.0","method":"peer.dance"}');
    client.send('{"jsonrpc":"2.0","method":"peer.list","id":null}');
    await client.find(({ id }) => id === null);
    await client.settle();
    expect(client.received).toHaveLength(2);
  });

  it('may be a batch, answered as one, in which an announcement counts for what follows', async () => {
    const client = await open();
    const announce = {
      jsonrpc: '2.0',
      id: 1,
      method: 'peer.announce',
      params: { peer_id: 'a', capabilities: [] },
    };
    client.send(
      JSON.stringify([
        announce,
        { jsonrpc: '2.0', method: 'peer.list' },
        7,
        { jsonrpc: '2.0', id: 2, method: 'peer.list' },
      ]),
    );
    await client.find(({ id }) => id === 2);
    expect(client.received.map(({ id, error }) => [id, error?.code])).toEqual([
      [1, undefined],
      [null, -32600],
      [2, undefined],
    ]);
    expect(client.received[2]?.result.count).toBe(1);
  });

  it('of 10 MB closes the socket with 1009, and others do not notice', async () => {
    const logged: string[] = [];
    const output = { isTTY: false, write: (line: string) => logged.push(line) };
    test = await buildTestApp('', {}, () => {}, createLogger({ level: 'warn', format: 'json' }, output));
    const client = await TestClient.open(test.app);
    const other = await TestClient.open(test.app);
    client.send(`"${'x'.repeat(10_000_000)}"`);
    expect(await client.closed).toBe(1009);
    expect(logged).toEqual([]);
    await other.settle();
  });

  it('in binary closes the socket with 1003', async () => {
    const client = await open();
    client.socket.send(Buffer.from([1, 2, 3]));
    expect(await client.closed).toBe(1003);
  });
});

describe('a socket', () => {
  it('that asks too often is refused, then cut off, and may go on after a while', async () => {
    const client = await open('limits: { messages_per_minute: 3 }');
    for (let i = 0; i < 3; i += 1) await client.settle();
    expect((await client.call('peer.list')).error).toMatchObject({
      code: -32008,
      data: { code: 'rate_limited' },
    });
    test.clock.now += 60_000;
    expect((await client.call('peer.list')).error).toBeUndefined();
    for (let i = 0; i < 8; i += 1) client.send('{"jsonrpc":"2.0","method":"peer.list"}');
    expect(await client.closed).toBe(4009);
  });

  it('of a page of another origin is refused before the upgrade', async () => {
    await open('', { host: 'gateway.example', origin: 'http://gateway.example' });
    const foreign = TestClient.open(test.app, { host: 'gateway.example', origin: 'https://evil.example' });
    await expect(foreign).rejects.toThrow('403');
  });

  it('at another path is refused, whether there is something or not', async () => {
    await open();
    for (const path of ['/healthz', '/nowhere', '/whip']) {
      await expect(TestClient.open(test.app, {}, path), path).rejects.toThrow('404');
    }
  });

  it('beyond the limit is refused with 503', async () => {
    await open('limits: { websockets: 1 }');
    await expect(TestClient.open(test.app)).rejects.toThrow('503');
  });

  it('that answers no ping is gone at the next one, others stay', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const alive = await open('limits: { heartbeat_s: 20 }');
    const dead = await TestClient.open(test.app);
    await dead.announce('dead');
    await alive.announce('alive');
    dead.answersPings = false;
    for (let i = 0; i < 2; i += 1) {
      const pinged = new Promise((resolve) => alive.socket.once('ping', resolve));
      vi.advanceTimersByTime(20_000);
      await pinged;
      await alive.settle(); // Its pong went before this.
    }
    expect((await alive.notification('peer.left')).params).toEqual({ peer_id: 'dead' });
    expect((await alive.call('peer.list')).result.count).toBe(1);
  });

  it('is told 1001 when the application closes', async () => {
    const client = await open();
    await Promise.all([test.app.close(), client.closed.then((code) => expect(code).toBe(1001))]);
  });
});
