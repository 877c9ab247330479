import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JsonRpcClient, type SocketLike } from './json-rpc.js';

/** A socket whose other end is the test. */
class FakeSocket implements SocketLike {
  readonly sent: Record<string, unknown>[] = [];
  closedWith: number | undefined;
  readonly #listeners: Record<string, ((event: { data: unknown }) => void)[]> = {};

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(code?: number): void {
    this.closedWith = code;
  }
  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners[type] ??= [];
    this.#listeners[type].push(listener as (event: { data: unknown }) => void);
  }
  fire(type: string, data?: unknown): void {
    for (const listener of this.#listeners[type] ?? []) listener({ data });
  }
  receive(message: unknown): void {
    this.fire('message', JSON.stringify(message));
  }
}

describe('the JSON-RPC client', () => {
  let socket: FakeSocket;
  let client: JsonRpcClient;
  const onNotification = vi.fn();
  const onClose = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    onNotification.mockReset();
    onClose.mockReset();
    socket = new FakeSocket();
    client = new JsonRpcClient(socket, { onNotification, onClose, requestTimeoutMs: 5000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives each request its own id and its own answer, in whatever order they come', async () => {
    const first = client.request('list_peers', {});
    const second = client.request('server.info', {});
    const [a, b] = socket.sent as [{ id: number }, { id: number }];
    expect(a).toMatchObject({ jsonrpc: '2.0', method: 'list_peers', params: {} });
    expect(a.id).not.toBe(b.id);
    socket.receive({ jsonrpc: '2.0', id: b.id, result: 'second' });
    socket.receive({ jsonrpc: '2.0', id: a.id, result: 'first' });
    expect(await first).toBe('first');
    expect(await second).toBe('second');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('rejects with the typed error of the server, complaints included', async () => {
    const complaint = { path: 'nodes[0]', code: 'unknown_node', message: 'No such node.', hint: 'GainNode?' };
    const answer = client.request('peer.offer', {});
    socket.receive({
      id: 1,
      error: { code: -32602, message: 'bad', data: { code: 'invalid_manifest', complaints: [complaint] } },
    });
    await expect(answer).rejects.toMatchObject({ code: 'manifest_invalid', complaints: [complaint] });
  });

  it('gives up on an answer that does not come, and ignores it when it comes late', async () => {
    const answer = client.request('peer.offer', {});
    const rejected = expect(answer).rejects.toMatchObject({ code: 'timeout' });
    await vi.advanceTimersByTimeAsync(5000);
    await rejected;
    socket.receive({ id: 1, result: {} });
    expect(client.ignoredMessages).toBe(1);
    expect(client.pendingRequests).toBe(0);
  });

  it('hands notifications on and counts what it cannot read', () => {
    socket.receive({ jsonrpc: '2.0', method: 'session.event', params: { seq: 3 } });
    expect(onNotification).toHaveBeenCalledExactlyOnceWith('session.event', { seq: 3 });
    socket.fire('message', 'no json {');
    socket.fire('message', new ArrayBuffer(4));
    socket.receive(null);
    socket.receive([]);
    socket.receive({ id: 'not ours', result: 1 });
    expect(client.ignoredMessages).toBe(5);
  });

  it('rejects everything pending when the socket goes, and says so once', async () => {
    const answers = [client.request('a', {}), client.request('b', {})];
    const rejected = Promise.all(
      answers.map((answer) => expect(answer).rejects.toMatchObject({ code: 'signaling_lost' })),
    );
    socket.fire('error');
    socket.fire('close');
    await rejected;
    expect(onClose).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
    await expect(client.request('c', {})).rejects.toMatchObject({ code: 'signaling_lost' });
  });

  it('closes the socket once and tells nobody, when asked to', async () => {
    const answer = client.request('a', {});
    const rejected = expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    client.close();
    client.close();
    socket.fire('close');
    await rejected;
    expect(socket.closedWith).toBe(1000);
    expect(onClose).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
