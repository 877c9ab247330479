import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionPhase } from './connection-phase.js';
import { type ConnectOptions, GatewayClient } from './gateway-client.js';
import { FakePeerConnection, FakeStream, FakeWebSocket } from './testing/fake-browser.js';

const settled = () => vi.advanceTimersByTimeAsync(0);

describe('the gateway client', () => {
  let client: GatewayClient;
  let stream: FakeStream;
  let phases: ConnectionPhase[];
  const onClosed = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', FakeWebSocket);
    vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
    onClosed.mockReset();
    stream = new FakeStream();
    client = new GatewayClient();
    phases = [];
    client.on('phase', (phase) => phases.push(phase));
    client.on('closed', onClosed);
  });
  afterEach(async () => {
    client.close();
    await settled();
    expect(vi.getTimerCount()).toBe(0);
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const connect = (options: Partial<ConnectOptions> = {}) =>
    client.connect({
      url: 'https://gateway.example/base',
      stream: stream as unknown as MediaStream,
      ...options,
    });

  async function open(): Promise<FakeWebSocket> {
    await settled();
    const socket = FakeWebSocket.last;
    socket.fire('open');
    await settled();
    return socket;
  }
  /** As far as the answer to the offer. */
  async function negotiate(): Promise<[FakeWebSocket, FakePeerConnection]> {
    const socket = await open();
    socket.answer('peer.announce', {});
    await settled();
    return [socket, FakePeerConnection.last];
  }
  const answerOffer = async (socket: FakeWebSocket) => {
    socket.answer('peer.offer', { type: 'answer', sdp: 'v=0 answer', session_id: 's1' });
    await settled();
  };

  it('goes from signaling to media in its four steps', async () => {
    const connected = connect({ pipeline: 'echo' });
    const [socket, peer] = await negotiate();
    expect(socket.url.href).toBe('wss://gateway.example/base/ws');
    expect(peer.transceivers).toEqual([{ track: stream.track, direction: 'sendrecv' }]);
    expect(peer.channels[0]?.label).toBe('events');
    expect(socket.request('peer.offer')?.params).toMatchObject({
      to: 'remotemedia-server',
      sdp: 'v=0 offer',
      pipeline: 'echo',
    });
    await answerOffer(socket);
    peer.become('checking', 'connecting');
    peer.become('connected', 'connecting');
    peer.become('connected', 'connected');
    peer.packetsReceived = 1;
    await vi.advanceTimersByTimeAsync(100);
    await connected;
    expect(phases).toEqual(['signaling', 'ice', 'dtls', 'media', 'connected']);
    expect(client.sessionId).toBe('s1');
  });

  it('is connected at the first event too, for pipelines that send no audio back', async () => {
    const connected = connect();
    const [socket, peer] = await negotiate();
    await answerOffer(socket);
    peer.become('connected', 'connected');
    socket.receive({
      method: 'session.event',
      params: { type: 'session_started', seq: 0, session_id: 's1', media_time_ms: 0 },
    });
    await connected;
    expect(client.phase).toBe('connected');
  });

  it('tells each event once, from data channel and WebSocket together', async () => {
    const seqs: number[] = [];
    client.on('event', ({ seq }) => seqs.push(seq));
    const connected = connect();
    const [socket, peer] = await negotiate();
    await answerOffer(socket);
    peer.become('connected', 'connected');
    for (const seq of [0, 1, 2]) {
      const event = { type: 'audio_level', seq, session_id: 's1', media_time_ms: 10 * seq };
      socket.receive({ method: 'session.event', params: event });
      peer.channels[0]?.onmessage?.({ data: JSON.stringify(event) });
    }
    await connected;
    expect(seqs).toEqual([0, 1, 2]);
  });

  it.each([
    ['shutdown', 'gateway_stopped'],
    ['session_deleted', 'session_closed'],
  ])('says why the gateway ended the session: %s', async (code, told) => {
    const connected = connect().catch(() => undefined);
    const [socket, peer] = await negotiate();
    await answerOffer(socket);
    peer.become('connected', 'connected');
    const event = {
      type: 'session_closed',
      seq: 0,
      session_id: 's1',
      media_time_ms: 0,
      code,
      message: 'why',
    };
    socket.receive({ method: 'session.event', params: event });
    await connected;
    expect(onClosed).toHaveBeenCalledExactlyOnceWith({
      error: expect.objectContaining({ code: told, detail: 'why' }),
    });
  });

  it('keeps candidates of the gateway that come before its answer', async () => {
    connect().catch(() => undefined);
    const [socket, peer] = await negotiate();
    const params = { candidate: 'candidate:1', sdp_mid: '0', sdp_m_line_index: 0 };
    socket.receive({ method: 'peer.ice_candidate', params });
    await settled();
    expect(peer.candidates).toEqual([]);
    await answerOffer(socket);
    socket.receive({ method: 'peer.ice_candidate', params: { ...params, candidate: 'candidate:2' } });
    await settled();
    expect(peer.candidates).toMatchObject([{ candidate: 'candidate:1' }, { candidate: 'candidate:2' }]);
  });

  it.each([
    ['ICE finds no path', (peer: FakePeerConnection) => peer.become('failed', 'failed'), 'ice_failed'],
    ['DTLS fails', (peer: FakePeerConnection) => peer.become('connected', 'failed'), 'dtls_failed'],
  ])('rejects and releases everything when %s', async (_name, happen, code) => {
    const rejected = expect(connect()).rejects.toMatchObject({ code });
    const [socket, peer] = await negotiate();
    await answerOffer(socket);
    happen(peer);
    await rejected;
    expect([peer.closed, socket.closed]).toEqual([true, true]);
    expect(onClosed).toHaveBeenCalledExactlyOnceWith({ error: expect.objectContaining({ code }) });
  });

  it('blames the step that took too long', async () => {
    const rejected = expect(connect({ timeoutMs: 5000 })).rejects.toMatchObject({ code: 'ice_failed' });
    const [socket] = await negotiate();
    await answerOffer(socket);
    await vi.advanceTimersByTimeAsync(5000);
    await rejected;
  });

  it('asks what the nodes cost, and gets nothing from a gateway that does not measure', async () => {
    const connected = connect();
    const [socket] = await negotiate();
    await answerOffer(socket);
    const fetch = vi.fn(async (_url: URL) => Response.json({ total_executions: 7 }));
    vi.stubGlobal('fetch', fetch);
    expect(await client.metrics()).toEqual({ total_executions: 7 });
    expect(String(fetch.mock.calls[0]![0])).toBe('https://gateway.example/base/api/v1/sessions/s1/metrics');
    fetch.mockImplementation(async () => Response.json({ code: 'not_found' }, { status: 404 }));
    expect(await client.metrics()).toBeNull();
    client.close();
    await expect(connected).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('passes the refusal of the gateway on', async () => {
    const rejected = expect(connect()).rejects.toMatchObject({ code: 'server_full' });
    const [socket, peer] = await negotiate();
    const { id } = socket.request('peer.offer')!;
    socket.receive({ id, error: { code: -32001, message: 'full' } });
    await rejected;
    expect(peer.closed).toBe(true);
  });

  it('says that the gateway is not there when the socket does not open', async () => {
    const rejected = expect(connect()).rejects.toMatchObject({ code: 'gateway_unreachable' });
    await settled();
    FakeWebSocket.last.fire('close', { code: 1006 });
    await rejected;
  });

  it('ends with an error when the socket goes in the middle of a call', async () => {
    const connected = connect();
    const [socket, peer] = await negotiate();
    await answerOffer(socket);
    peer.become('connected', 'connected');
    peer.packetsReceived = 1;
    await vi.advanceTimersByTimeAsync(100);
    await connected;
    socket.fire('close', { code: 1006 });
    expect(onClosed).toHaveBeenCalledWith({ error: expect.objectContaining({ code: 'signaling_lost' }) });
    expect(peer.closed).toBe(true);
  });

  it('shows an interruption of ICE and its end, without ending the call', async () => {
    const connected = connect();
    const [socket, peer] = await negotiate();
    await answerOffer(socket);
    peer.become('connected', 'connected');
    peer.packetsReceived = 1;
    await vi.advanceTimersByTimeAsync(100);
    await connected;
    peer.become('disconnected', 'disconnected');
    expect(client.phase).toBe('interrupted');
    peer.become('connected', 'connected');
    expect(client.phase).toBe('connected');
    peer.become('failed', 'failed');
    expect(onClosed).toHaveBeenCalledWith({ error: expect.objectContaining({ code: 'connection_lost' }) });
  });

  it('can be closed or aborted in every step, and leaves nothing behind', async () => {
    const abort = new AbortController();
    const steps: [string, () => Promise<unknown>][] = [
      ['before the socket opens', settled],
      ['before the announcement is answered', open],
      ['before the offer is answered', negotiate],
      ['before media', async () => answerOffer((await negotiate())[0])],
    ];
    for (const [name, until] of steps) {
      const own = new GatewayClient();
      const rejected = expect(
        own.connect({ url: 'http://g', stream: stream as unknown as MediaStream, signal: abort.signal }),
        name,
      ).rejects.toMatchObject({ code: 'cancelled' });
      await until();
      own.close();
      own.close();
      await rejected;
      expect(FakeWebSocket.last.closed, name).toBe(true);
      expect(own.phase).toBe('closed');
    }
    expect(stream.track.stopped, 'a stream of the caller stays').toBe(false);
    abort.abort();
    await expect(connect({ signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('stops the microphone that it opened itself', async () => {
    const own = new FakeStream();
    vi.stubGlobal('isSecureContext', true);
    vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: async () => own } });
    const rejected = expect(client.connect({ url: 'http://gateway.example' })).rejects.toMatchObject({
      code: 'cancelled',
    });
    await settled();
    client.close();
    await rejected;
    expect(own.track.stopped).toBe(true);
  });
});
